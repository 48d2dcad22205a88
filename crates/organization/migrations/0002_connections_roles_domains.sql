-- A JSON document: settings that no query looks at.
ALTER TABLE organization ADD COLUMN settings TEXT NOT NULL DEFAULT '{}';

-- The connections by which users sign in to the organization.
CREATE TABLE organization_connection (
    organization_id TEXT NOT NULL REFERENCES organization (id) ON DELETE CASCADE,
    -- Name of the connection.
    connection TEXT NOT NULL,
    assign_membership_on_login BIGINT NOT NULL,
    is_signup_enabled BIGINT NOT NULL,
    show_as_button BIGINT NOT NULL,
    is_enabled BIGINT NOT NULL,
    PRIMARY KEY (organization_id, connection)
);

-- For the organizations that a sign-in by a connection leads to.
CREATE INDEX organization_connection_by_name ON organization_connection (connection);

-- Domains of addresses that lead to the organization.
CREATE TABLE discovery_domain (
    organization_id TEXT NOT NULL REFERENCES organization (id) ON DELETE CASCADE,
    -- In lower case.
    domain TEXT NOT NULL,
    verified BIGINT NOT NULL,
    use_for_organization_discovery BIGINT NOT NULL,
    PRIMARY KEY (organization_id, domain)
);

CREATE INDEX discovery_domain_by_name ON discovery_domain (domain);

-- For the organizations of a user.
CREATE INDEX member_by_user ON member (user_id);

-- Roles that members have in the organization.
CREATE TABLE member_role (
    organization_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    role_id TEXT NOT NULL,
    PRIMARY KEY (organization_id, user_id, role_id),
    FOREIGN KEY (organization_id, user_id) REFERENCES member (organization_id, user_id) ON DELETE CASCADE
);
