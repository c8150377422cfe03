"""Our signature under a CAP message, checked by somebody else's verifier; one letter changed and it is none."""

import datetime as dt
import os
from pathlib import Path
from typing import Any

import lxml.etree as lxml
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import given, settings
from hypothesis import strategies as st
from signxml.exceptions import InvalidDigest, InvalidSignature
from signxml.verifier import XMLVerifier

import alerts.actions as alerting
from alerts import cap, cap_out, cap_sign
from alerts.cap_in import read_cap
from alerts.public import queries
from tests.alerts.cap_checks import parsed
from tests.alerts.test_cap import NOW, SCHEMA, SENDER, row
from tests.factories import on_spatialite
from tests.room import open_room


def pem_of(key: Any, of: Any = None) -> bytes:
    """The key and a certificate (of this key, or of another) in one file."""
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Posko")])
    made = x509.CertificateBuilder(name, name, (of or key).public_key(), 1, NOW, NOW + dt.timedelta(days=3650))
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return bytes(private + made.sign(of or key, SHA256()).public_bytes(Encoding.PEM))


CURVE = ec.generate_private_key(ec.SECP256R1())
KEYS = {"ec": CURVE, "rsa": rsa.generate_private_key(65537, 2048)}
PEM = {name: pem_of(key) for name, key in KEYS.items()}


def xml_of(**said: Any) -> bytes:
    return cap.write_cap(cap_out.message(row(**said), "Alert", SENDER, NOW))


def verified(xml: bytes, pem: bytes) -> Any:
    return XMLVerifier().verify(parsed(xml), x509_cert=x509.load_pem_x509_certificate(pem))


@pytest.mark.parametrize("kind", KEYS)
def test_another_verifier_believes_it(kind: str):
    xml = cap_sign.signed(xml_of(), PEM[kind])
    assert verified(xml, PEM[kind]).signed_xml.tag.endswith("alert")
    assert read_cap(xml).is_signed
    assert read_cap(xml)._replace(is_signed=False) == read_cap(xml_of())


if SCHEMA.exists():

    def test_a_signed_message_is_valid_against_the_schema_of_oasis():
        schema = lxml.XMLSchema(lxml.parse(os.fspath(SCHEMA)))
        schema.assertValid(parsed(cap_sign.signed(xml_of(), PEM["ec"])))


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=200))
def test_whatever_the_words_are(words: str):
    verified(cap_sign.signed(xml_of(text=words, headline="A & B <c> \"d\" 'e'"), PEM["ec"]), PEM["ec"])


def test_one_letter_changed_and_nobody_believes_it():
    xml = cap_sign.signed(xml_of(), PEM["ec"])
    with pytest.raises(InvalidDigest):
        verified(xml.replace(b"Banjir bandang", b"Banjir bandanh"), PEM["ec"])
    with pytest.raises((InvalidSignature, InvalidDigest)):
        verified(xml, pem_of(ec.generate_private_key(ec.SECP256R1())))


@pytest.mark.parametrize(
    "pem",
    [
        b"",
        b"nonsense",
        PEM["ec"][:200],
        pem_of(CURVE, KEYS["rsa"]),
        pem_of(ec.generate_private_key(ec.SECP384R1())),
    ],
)
def test_a_key_that_cannot_sign_is_refused_in_words_that_hold_nothing_of_it(pem: bytes):
    with pytest.raises(cap_sign.BadKey) as refused:
        cap_sign.signed(xml_of(), pem)
    assert "BEGIN" not in str(refused.value)


@on_spatialite
@pytest.mark.parametrize("kept", [PEM["ec"], b"nonsense", None])
def test_a_warning_goes_out_signed_where_there_is_a_key_and_goes_out_anyway(post: Any, tmp_path: Path, kept: Any):
    room = open_room(post)
    post.settings.cap_key = str(tmp_path / "cap.pem")
    if kept is not None:
        (tmp_path / "cap.pem").write_bytes(kept)
    alert = room.alert(audience="public", order="inform")
    room.do(alerting.approve_alert, alert, by="komang")
    room.relay()
    with post.database.read() as conn:
        (one,) = queries.messages_in_force(conn, post.clock())
    assert read_cap(one["xml"].encode()).is_signed == (kept == PEM["ec"])
