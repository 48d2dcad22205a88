-- The outbox of mails, as doorward_service_kit::mail uses it.
CREATE TABLE mail (
    id TEXT PRIMARY KEY,
    -- queued, sent or failed
    state TEXT NOT NULL,
    -- Encrypted; empty once the mail is sent or failed.
    sealed_content TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    -- While a worker sends the mail: the end of its claim.
    next_attempt_at BIGINT NOT NULL,
    give_up_at BIGINT NOT NULL,
    claim TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    last_attempt_at BIGINT,
    last_error TEXT NOT NULL
);
CREATE INDEX mail_due ON mail (next_attempt_at) WHERE state = 'queued';
