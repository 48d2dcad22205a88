-- How often accounts were tried to sign in to, and by which addresses.

CREATE TABLE counter (
    key_hash TEXT PRIMARY KEY,
    record BLOB NOT NULL,
    expires_at BIGINT NOT NULL
);

CREATE INDEX counter_expiry ON counter (expires_at);
