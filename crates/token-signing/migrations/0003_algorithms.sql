-- Each algorithm has keys of its own.
ALTER TABLE signing_key ADD COLUMN alg TEXT NOT NULL DEFAULT 'RS256';

-- Of each algorithm one key signs and one comes next, whatever several replicas do at the same time.
DROP INDEX signing_key_state;
CREATE UNIQUE INDEX signing_key_state ON signing_key (alg, state) WHERE state IN ('current', 'next');
