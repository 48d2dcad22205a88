-- Sessions of older versions of the user have ended.
ALTER TABLE app_user ADD COLUMN sessions_from_version BIGINT NOT NULL DEFAULT 0;
