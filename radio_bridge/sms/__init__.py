"""Short messages as a GSM modem wants them: alphabets, parts and PDUs (3GPP TS 23.038 and 23.040). Pure."""
