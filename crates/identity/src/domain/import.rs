//! Bringing users from elsewhere.

use std::collections::{BTreeSet, HashSet};

use doorward_proto::InvalidField;
use jiff::Timestamp;

use super::{Connection, Email, HashKind, Metadata, PasswordHash, Profile, User, UserId};

/// One imported user; what is absent stays as it is.
#[derive(Debug, Clone)]
pub struct ImportEntry {
    /// Absent: found by email, or new.
    pub user_id: Option<UserId>,
    /// The wanted email.
    pub email: Email,
    /// The wanted proof of the mailbox. Absent: stays with the mailbox.
    pub email_verified: Option<bool>,
    /// The wanted claims.
    pub profile: Profile,
    /// Whether the user shall be kept out.
    pub blocked: Option<bool>,
    /// The password, unless the user has one that was set here.
    pub password_hash: Option<PasswordHash>,
    /// Replaced as a whole.
    pub app_metadata: Option<Metadata>,
    /// Replaced as a whole.
    pub user_metadata: Option<Metadata>,
}

/// How an import went.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// Users that are new.
    pub created: u32,
    /// Users that differed.
    pub updated: u32,
    /// Users that were the same already.
    pub unchanged: u32,
    /// Users whose sessions this import has ended, or their last change before it.
    pub sessions_ended: Vec<UserId>,
}

/// The outcome of one entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The user is new.
    Created,
    /// The user differed.
    Updated,
    /// The user differed in a way that ends all sessions.
    SessionsEnded(UserId),
    /// The user is unchanged, but their last change revoked all sessions, and `session` may not have received it.
    SessionsEndedBefore(UserId),
    /// The user was the same already.
    Unchanged,
}

impl Outcome {
    /// The outcome of an entry.
    #[must_use]
    pub fn of(before: Option<&User>, after: &User) -> Self {
        match before {
            None => Self::Created,
            Some(before) if before == after && after.sessions_have_just_ended() => {
                Self::SessionsEndedBefore(after.id.clone())
            }
            Some(before) if before == after => Self::Unchanged,
            Some(before) if before.sessions_from_version < after.sessions_from_version => {
                Self::SessionsEnded(after.id.clone())
            }
            Some(_) => Self::Updated,
        }
    }
}

impl Outcome {
    /// Whether there is something to write.
    #[must_use]
    pub fn differs(&self) -> bool {
        !matches!(self, Self::Unchanged | Self::SessionsEndedBefore(_))
    }
}

impl Tally {
    /// Counts one more entry.
    pub fn count(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::Created => self.created += 1,
            Outcome::Updated => self.updated += 1,
            Outcome::SessionsEnded(id) => {
                self.updated += 1;
                self.sessions_ended.push(id);
            }
            Outcome::SessionsEndedBefore(id) => {
                self.unchanged += 1;
                self.sessions_ended.push(id);
            }
            Outcome::Unchanged => self.unchanged += 1,
        }
    }

    /// Whether anything was done.
    #[must_use]
    pub fn changed(&self) -> bool {
        self.created + self.updated > 0
    }
}

impl ImportEntry {
    /// The user as this entry wants it: equal to `current` when nothing differs, else one version further.
    #[must_use]
    pub fn wanted(&self, current: Option<&User>, connection: &Connection, now: Timestamp) -> User {
        let Some(current) = current else {
            let id = self.user_id.clone().unwrap_or_else(UserId::generate);
            return self.merged_into(User::new(id, connection.clone(), self.email.clone(), now));
        };
        let mut wanted = self.merged_into(current.clone());
        if wanted != *current {
            if wanted.ends_sessions_of(current) {
                wanted.end_sessions();
            } else {
                wanted.version += 1;
            }
            wanted.updated_at = now;
        }
        wanted
    }

    fn merged_into(&self, user: User) -> User {
        let proved = user.email_verified && user.email == self.email;
        let entry = self.clone();
        User {
            email: entry.email,
            email_verified: entry.email_verified.unwrap_or(proved),
            profile: user.profile.merged(entry.profile),
            blocked: entry.blocked.unwrap_or(user.blocked),
            app_metadata: entry.app_metadata.unwrap_or(user.app_metadata),
            user_metadata: entry.user_metadata.unwrap_or(user.user_metadata),
            ..user
        }
    }

    /// The name of this entry and a field of it in messages.
    #[must_use]
    pub fn field_path(index: usize, email: &str, field: &str) -> String {
        format!("users[{index}] {email:?}: {field}")
    }
}

/// Refuses two entries about one user: which of them counts would be chance.
pub fn refuse_repeats(entries: &[ImportEntry]) -> Result<(), InvalidField> {
    let (mut emails, mut ids) = (HashSet::new(), HashSet::new());
    for (index, entry) in entries.iter().enumerate() {
        let field = if !emails.insert(&entry.email) {
            "email"
        } else if entry.user_id.as_ref().is_some_and(|id| !ids.insert(id)) {
            "user_id"
        } else {
            continue;
        };
        let path = ImportEntry::field_path(index, entry.email.as_str(), field);
        return Err(InvalidField::new(path, "is in an earlier entry too"));
    }
    Ok(())
}

/// The kinds of hashes that accounts may have. Every check of a password computes one hash of each.
const MAX_KINDS: usize = 8;

/// Refuses a hash that would make every sign-in dearer than `stored` kinds of hashes and some more do.
pub fn refuse_too_many_kinds(
    entries: &[ImportEntry],
    stored: Vec<HashKind>,
) -> Result<(), InvalidField> {
    let mut kinds = BTreeSet::from_iter(stored);
    for (index, entry) in entries.iter().enumerate() {
        let Some(hash) = &entry.password_hash else {
            continue;
        };
        if kinds.insert(hash.kind()) && kinds.len() > MAX_KINDS {
            let path = ImportEntry::field_path(index, entry.email.as_str(), "password_hash");
            let problem = format!(
                "would be one more kind than the {MAX_KINDS} algorithms and costs that accounts may have, because each \
                 sign-in computes one hash of each kind; import the user without a hash"
            );
            return Err(InvalidField::new(path, problem));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
