CREATE TABLE invitation (
    id TEXT PRIMARY KEY,
    organization_id TEXT NOT NULL REFERENCES organization (id) ON DELETE CASCADE,
    inviter_name TEXT NOT NULL,
    invitee_email TEXT NOT NULL,
    client_id TEXT NOT NULL,
    connection_name TEXT,
    -- A JSON array.
    role_ids TEXT NOT NULL,
    app_metadata TEXT,
    user_metadata TEXT,
    login_uri TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    -- Time of creation and id: the order of lists.
    position TEXT NOT NULL,
    expires_at BIGINT NOT NULL,
    -- open, accepted, revoked or burnt; one that has expired stays open here.
    state TEXT NOT NULL,
    ended_at BIGINT,
    ticket_hash TEXT NOT NULL UNIQUE,
    -- Encrypted; NULL once the invitation is not open.
    sealed_ticket TEXT,
    mail_id TEXT,
    -- The acceptance, of an accepted one.
    acceptance_id TEXT,
    accepted_by TEXT,
    member_added BIGINT NOT NULL DEFAULT 0
);

CREATE INDEX invitation_of_organization ON invitation (organization_id, position);
CREATE INDEX invitation_by_expiry ON invitation (expires_at);

-- How many mails an organization has asked for, or an address has got, in the current span of time.
CREATE TABLE invitation_count (
    counted TEXT PRIMARY KEY,
    ends_at BIGINT NOT NULL,
    mails BIGINT NOT NULL
);

CREATE INDEX invitation_count_by_end ON invitation_count (ends_at);
