-- Instants are milliseconds since 1970. Secrets are kept as hashes; records are written by store/record.rs.

CREATE TABLE user (
    user_id TEXT PRIMARY KEY,
    version BIGINT NOT NULL,
    record BLOB NOT NULL
);

CREATE TABLE session (
    token_hash TEXT PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES user (user_id),
    record TEXT NOT NULL,
    expires_at BIGINT NOT NULL
);

CREATE INDEX session_of_user ON session (user_id);
CREATE INDEX session_expiry ON session (expires_at);

-- A user's copy is kept as long as he has a session.
CREATE TRIGGER forget_user AFTER DELETE ON session
WHEN NOT EXISTS (SELECT 1 FROM session WHERE user_id = OLD.user_id)
BEGIN
    DELETE FROM user WHERE user_id = OLD.user_id;
END;

-- How far changes of users were relayed: one row.
CREATE TABLE user_relay (
    position BIGINT NOT NULL
);

INSERT INTO user_relay (position) VALUES (0);

CREATE TABLE pending_transaction (
    id_hash TEXT PRIMARY KEY,
    version BIGINT NOT NULL,
    browser_hash TEXT NOT NULL,
    request BLOB NOT NULL,
    progress BLOB NOT NULL,
    -- Gone then, if it stays as it is; and whatever is submitted.
    ends_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    -- Whether something was submitted: 0 or 1.
    was_touched BIGINT NOT NULL
);

CREATE INDEX pending_transaction_end ON pending_transaction (ends_at);
CREATE INDEX untouched_transaction ON pending_transaction (browser_hash) WHERE was_touched = 0;

-- How many sign-ins an address has begun since `began_at`.
CREATE TABLE address (
    address_hash TEXT PRIMARY KEY,
    began_at BIGINT NOT NULL,
    transactions BIGINT NOT NULL
);

CREATE INDEX address_window ON address (began_at);

-- The application of a transaction, kept for longer than the transaction itself.
CREATE TABLE transaction_client (
    id_hash TEXT PRIMARY KEY,
    client_id TEXT NOT NULL,
    expires_at BIGINT NOT NULL
);

CREATE INDEX transaction_client_expiry ON transaction_client (expires_at);

CREATE TABLE access_token (
    token_hash TEXT PRIMARY KEY,
    record BLOB NOT NULL,
    expires_at BIGINT NOT NULL
);

CREATE INDEX access_token_expiry ON access_token (expires_at);
