"""Signs a CAP message: an enveloped XML signature (CAP 1.2, section 3.3.2.1; W3C XML Signature 1.1).

Only what we wrote ourselves is signed: one default namespace, no attributes, no empty elements. For such a document the
standard library's canonical form is that of Exclusive XML Canonicalization, so no second XML library is needed here.
"""

import base64
import hashlib
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import canonicalize

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

DSIG = "http://www.w3.org/2000/09/xmldsig#"
CANONICAL = "http://www.w3.org/2001/10/xml-exc-c14n#"
ENVELOPED = f"{DSIG}enveloped-signature"
SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256"
ECDSA = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256"
RSA = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
END = b"</alert>"


class BadKey(ValueError):
    """The key file cannot be used; the message says why and holds nothing of it."""


def signed(xml: bytes, pem: bytes) -> bytes:
    """The message with its signature as last element; `pem` holds a private key and its certificate. Raises BadKey."""
    key, certificate = _read(pem)
    method, sign = _way_of(key)
    digest = hashlib.sha256(canonicalize(xml.decode()).encode()).digest()
    info = _signed_info(method, digest)
    value = sign(info.encode())
    # inside the signature its namespace is inherited and not said again
    inner = info.replace(f' xmlns="{DSIG}"', "", 1)
    signature = (
        f'<Signature xmlns="{DSIG}">{inner}<SignatureValue>{_text(value)}</SignatureValue>'
        f"<KeyInfo><X509Data><X509Certificate>{_text(certificate)}</X509Certificate></X509Data></KeyInfo></Signature>"
    )
    before, end, after = xml.rpartition(END)
    return before + signature.encode() + end + after


def _signed_info(method: str, digest: bytes) -> str:
    """What is signed, already in its canonical form: no empty tags, no space between."""
    transforms = "".join(f'<Transform Algorithm="{one}"></Transform>' for one in (ENVELOPED, CANONICAL))
    return (
        f'<SignedInfo xmlns="{DSIG}">'
        f'<CanonicalizationMethod Algorithm="{CANONICAL}"></CanonicalizationMethod>'
        f'<SignatureMethod Algorithm="{method}"></SignatureMethod>'
        f'<Reference URI=""><Transforms>{transforms}</Transforms>'
        f'<DigestMethod Algorithm="{SHA256}"></DigestMethod><DigestValue>{_text(digest)}</DigestValue></Reference>'
        "</SignedInfo>"
    )


def _text(value: bytes) -> str:
    return base64.b64encode(value).decode()


def _read(pem: bytes) -> tuple[Any, bytes]:
    """The private key and the certificate as DER; raises BadKey."""
    from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key
    from cryptography.x509 import load_pem_x509_certificate

    try:
        key = load_pem_private_key(pem, None)
        certificate = load_pem_x509_certificate(pem)
    except (ValueError, TypeError):
        raise BadKey("the file holds no private key without a password, or no certificate") from None
    if key.public_key() != certificate.public_key():
        raise BadKey("the certificate belongs to another key")
    return key, certificate.public_bytes(Encoding.DER)


def _way_of(key: Any) -> tuple[str, Any]:
    """The name of the method and the function that signs with this key."""
    from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
    from cryptography.hazmat.primitives.hashes import SHA256 as Sha256

    if isinstance(key, ec.EllipticCurvePrivateKey) and key.curve.name == "secp256r1":
        return ECDSA, lambda said: _sign_ec(key, said)
    if isinstance(key, rsa.RSAPrivateKey) and key.key_size >= 2048:
        return RSA, lambda said: key.sign(said, padding.PKCS1v15(), Sha256())
    raise BadKey("the key is neither EC P-256 nor RSA of 2048 bits or more")


def _sign_ec(key: "EllipticCurvePrivateKey", said: bytes) -> bytes:
    """The two numbers of the signature, 32 bytes each (RFC 4050, section 3.3), not as ASN.1 writes them."""
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
    from cryptography.hazmat.primitives.hashes import SHA256 as Sha256

    r, s = decode_dss_signature(key.sign(said, ec.ECDSA(Sha256())))
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")
