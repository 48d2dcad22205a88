-- A key keeps its certificate for as long as verifiers need it, and its private half for as long as it can sign.
ALTER TABLE signing_key RENAME TO signing_key_without_life;
DROP INDEX signing_key_state;

CREATE TABLE signing_key (
    kid TEXT PRIMARY KEY,
    state TEXT NOT NULL,
    -- NULL once the key signs no more.
    sealed_private_key TEXT,
    -- DER in base64. NULL for keys of earlier versions, until the service starts.
    certificate TEXT,
    created_at BIGINT NOT NULL,
    current_since BIGINT,
    current_until BIGINT,
    revoked_at BIGINT
);

INSERT INTO signing_key (kid, state, sealed_private_key, created_at, current_since)
SELECT kid, state, sealed_private_key, created_at, CASE state WHEN 'current' THEN created_at END
FROM signing_key_without_life;

DROP TABLE signing_key_without_life;

-- One key signs and one comes next, whatever several replicas do at the same time.
CREATE UNIQUE INDEX signing_key_state ON signing_key (state) WHERE state IN ('current', 'next');

-- Rises with each change of the keys; replicas poll it. Its one row is also the lock of those who change keys.
CREATE TABLE signing_key_revision (
    id BIGINT PRIMARY KEY CHECK (id = 1),
    revision BIGINT NOT NULL
);

INSERT INTO signing_key_revision (id, revision) VALUES (1, 1);
