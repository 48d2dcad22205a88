CREATE TABLE signing_key (
    kid TEXT PRIMARY KEY,
    state TEXT NOT NULL,
    sealed_private_key TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

-- Replicas that start together on an empty database end up with the same keys.
CREATE UNIQUE INDEX signing_key_state ON signing_key (state) WHERE state IN ('current', 'next');
