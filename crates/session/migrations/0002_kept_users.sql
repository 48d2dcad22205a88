-- A user's copy outlives the last session for a while: it may have ended one that is still to be opened.

-- Until then the copy is kept even without a session; NULL: no longer than the last session.
ALTER TABLE user ADD COLUMN kept_until BIGINT;

CREATE INDEX kept_user ON user (kept_until) WHERE kept_until IS NOT NULL;

DROP TRIGGER forget_user;

CREATE TRIGGER keep_user AFTER INSERT ON session
BEGIN
    UPDATE user SET kept_until = NULL WHERE user_id = NEW.user_id AND kept_until IS NOT NULL;
END;

-- Ten minutes after the session would have expired, for triggers know no time.
CREATE TRIGGER forget_user AFTER DELETE ON session
WHEN NOT EXISTS (SELECT 1 FROM session WHERE user_id = OLD.user_id)
BEGIN
    UPDATE user SET kept_until = MAX(COALESCE(kept_until, 0), OLD.expires_at + 600000) WHERE user_id = OLD.user_id;
END;
