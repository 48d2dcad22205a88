-- Which applications may get access tokens of users for an API.

ALTER TABLE resource_server ADD COLUMN user_access TEXT NOT NULL DEFAULT 'allow_all';
