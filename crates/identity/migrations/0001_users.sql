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
    -- 1: set or re-hashed by this service, so that no import may replace it.
    set_here BIGINT NOT NULL
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
