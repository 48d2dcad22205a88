-- Settings are JSON documents: a key that is missing has its default (docs/adr/0029-settings-are-documents.md).
-- Beside them stand the columns that queries look up by.

CREATE TABLE revision (
    number BIGINT NOT NULL
);

INSERT INTO revision (number) VALUES (0);

-- At most one row; without it, every setting has its default.
CREATE TABLE tenant (
    singleton BIGINT PRIMARY KEY CHECK (singleton = 1),
    settings TEXT NOT NULL
);

CREATE TABLE client (
    client_id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    settings TEXT NOT NULL
);

CREATE TABLE resource_server (
    id TEXT PRIMARY KEY,
    identifier TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    settings TEXT NOT NULL
);

-- What an application may ask of an API, which need not exist. Scopes are a JSON array.
CREATE TABLE client_grant (
    client_id TEXT NOT NULL REFERENCES client (client_id) ON DELETE CASCADE,
    audience TEXT NOT NULL,
    subject_type TEXT NOT NULL,
    scopes TEXT NOT NULL,
    PRIMARY KEY (client_id, audience, subject_type)
);

CREATE TABLE connection (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    settings TEXT NOT NULL
);

-- Which applications may use which connection.
CREATE TABLE connection_client (
    connection_id TEXT NOT NULL REFERENCES connection (id) ON DELETE CASCADE,
    client_id TEXT NOT NULL REFERENCES client (client_id) ON DELETE CASCADE,
    PRIMARY KEY (connection_id, client_id)
);

CREATE INDEX connection_client_by_client ON connection_client (client_id);
