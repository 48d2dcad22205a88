-- Names this database in the labels of keys in a PKCS#11 token. NULL until a token is used.
ALTER TABLE signing_key_revision ADD COLUMN token_mark TEXT;
