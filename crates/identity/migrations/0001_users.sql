CREATE TABLE app_user (
    user_id TEXT PRIMARY KEY,
    connection TEXT NOT NULL,
    email TEXT NOT NULL,
    email_verified BIGINT NOT NULL,
    -- The other claims, a JSON object.
    profile TEXT NOT NULL,
    blocked BIGINT NOT NULL,
    app_metadata TEXT NOT NULL,
    user_metadata TEXT NOT NULL,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    UNIQUE (email, connection)
);

CREATE TABLE password (
    user_id TEXT PRIMARY KEY REFERENCES app_user (user_id),
    hash TEXT NOT NULL,
    -- What it takes to check the hash: its beginning, up to the salt.
    kind TEXT NOT NULL,
    -- 1: set or re-hashed by this service, so that no import may replace it.
    set_here BIGINT NOT NULL
);

CREATE INDEX password_kind ON password (kind);

CREATE TABLE role (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    description TEXT NOT NULL
);

CREATE TABLE role_permission (
    role_id TEXT NOT NULL REFERENCES role (id) ON DELETE CASCADE,
    resource_server_identifier TEXT NOT NULL,
    permission_name TEXT NOT NULL,
    PRIMARY KEY (role_id, resource_server_identifier, permission_name)
);

CREATE TABLE user_role (
    user_id TEXT NOT NULL REFERENCES app_user (user_id) ON DELETE CASCADE,
    role_id TEXT NOT NULL REFERENCES role (id),
    PRIMARY KEY (user_id, role_id)
);

-- One row, raised in each transaction that changes roles.
CREATE TABLE role_revision (
    number BIGINT NOT NULL
);
INSERT INTO role_revision (number) VALUES (1);

CREATE TABLE consent (
    user_id TEXT NOT NULL REFERENCES app_user (user_id) ON DELETE CASCADE,
    client_id TEXT NOT NULL,
    -- Empty: only the profile of the user.
    audience TEXT NOT NULL,
    -- Empty: none.
    organization_id TEXT NOT NULL,
    -- Scope tokens with a space between them, as OAuth writes them.
    scope TEXT NOT NULL,
    PRIMARY KEY (user_id, client_id, audience, organization_id)
);

-- The newest change of each user. No foreign key: a change may outlive its user.
CREATE TABLE user_change (
    user_id TEXT PRIMARY KEY,
    position BIGINT NOT NULL UNIQUE
);

-- One row. A sequence would not do: it hands out positions in one order and transactions commit them in another.
CREATE TABLE change_counter (
    position BIGINT NOT NULL
);
INSERT INTO change_counter (position) VALUES (0);
