//! Messages to domain types and back.

mod consent;
mod role;

pub(crate) use role::{role_changes, role_patch, role_patches};

use doorward_oauth2_types::{ClaimSet, StandardClaim};
use doorward_proto::common::v1 as common;
use doorward_proto::identity::v1 as wire;
use doorward_proto::{InvalidField, to_timestamp};

use crate::Error;
use crate::accounts::NewUser;
use crate::domain::{
    AddedMetadata, Connection, Email, ImportEntry, Metadata, Password, PasswordHash, Profile,
    Tally, User, UserId,
};

/// How much metadata of a user other services get: such a user fits every message.
const MAX_METADATA_BYTES: usize = 64 * 1024;
/// How much of a broken email is repeated in a message.
const SHOWN_EMAIL: usize = 100;

impl From<User> for common::User {
    fn from(user: User) -> Self {
        Self {
            user_id: user.id.to_string(),
            version: user.version,
            connection: user.connection.as_str().to_owned(),
            blocked: user.blocked,
            created_at: Some(to_timestamp(user.created_at)),
            updated_at: Some(to_timestamp(user.updated_at)),
            claims: Some(claims(&user.email, user.email_verified, user.profile)),
            role_ids: user.role_ids.iter().map(ToString::to_string).collect(),
            consents: user.consents.into_iter().map(Into::into).collect(),
            sessions_from_version: user.sessions_from_version,
            app_metadata_json: metadata_json(user.app_metadata, &user.id),
            user_metadata_json: metadata_json(user.user_metadata, &user.id),
        }
    }
}

/// `None` for a user without metadata, as most are, and for too much of it: the message of the user's other changes
/// must not grow beyond its limit.
fn metadata_json(metadata: Metadata, user_id: &UserId) -> Option<String> {
    if metadata.is_empty() {
        return None;
    }
    let json = serde_json::Value::Object(metadata).to_string();
    let bytes = json.len();
    if bytes > MAX_METADATA_BYTES {
        let user = user_id.as_str();
        tracing::warn!(
            user,
            bytes,
            "metadata of more than 64 KiB is not for tokens"
        );
        return None;
    }
    Some(json)
}

fn claims(email: &Email, email_verified: bool, profile: Profile) -> common::UserClaims {
    let mut claims = ClaimSet::from(profile);
    claims.set(StandardClaim::Email, email.as_str());
    claims.set(StandardClaim::EmailVerified, email_verified);
    claims.into()
}

impl From<common::UserClaims> for Profile {
    fn from(claims: common::UserClaims) -> Self {
        ClaimSet::from(claims).into()
    }
}

impl TryFrom<wire::CreateUserRequest> for NewUser {
    type Error = Error;

    fn try_from(request: wire::CreateUserRequest) -> Result<Self, Error> {
        Ok(Self {
            connection: Connection::parse(&request.connection)?,
            email: Email::parse(&request.email)?,
            email_verified: request.email_verified,
            password: Password::chosen(request.password, request.min_password_length)?,
        })
    }
}

/// All entries of an import; an error names entry and field.
pub(crate) fn import_entries(
    users: Vec<wire::ImportedUser>,
) -> Result<Vec<ImportEntry>, InvalidField> {
    let entries = users.into_iter().enumerate().map(|(index, user)| {
        let claims = user.claims.as_ref();
        let email = claims
            .and_then(|claims| claims.email.clone())
            .unwrap_or_default();
        import_entry(user).map_err(|error| {
            let email: String = email.chars().take(SHOWN_EMAIL).collect();
            InvalidField::new(
                ImportEntry::field_path(index, &email, &error.field),
                error.problem,
            )
        })
    });
    entries.collect()
}

fn import_entry(user: wire::ImportedUser) -> Result<ImportEntry, InvalidField> {
    let claims = user.claims.unwrap_or_default();
    let email = claims.email.as_deref();
    let email = email.ok_or_else(|| InvalidField::new("email", "is missing"))?;
    let hash = user
        .password_hash
        .as_deref()
        .map(PasswordHash::parse_imported)
        .transpose();
    let entry = ImportEntry {
        user_id: user.user_id.as_deref().map(UserId::parse).transpose()?,
        email: Email::parse(email)?,
        email_verified: claims.email_verified,
        profile: claims.into(),
        blocked: user.blocked,
        password_hash: hash
            .map_err(|error| InvalidField::new("password_hash", error.to_string()))?,
        app_metadata: metadata("app_metadata", user.app_metadata_json.as_deref())?,
        user_metadata: metadata("user_metadata", user.user_metadata_json.as_deref())?,
    };
    entry.profile.validate()?;
    Ok(entry)
}

/// The metadata that a user gets with a proved email.
pub(crate) fn added_metadata(
    request: &wire::ConfirmEmailRequest,
) -> Result<AddedMetadata, InvalidField> {
    let app = metadata("app_metadata_json", request.app_metadata_json.as_deref())?;
    let user = metadata("user_metadata_json", request.user_metadata_json.as_deref())?;
    Ok(AddedMetadata {
        app: app.unwrap_or_default(),
        user: user.unwrap_or_default(),
    })
}

fn metadata(field: &str, json: Option<&str>) -> Result<Option<Metadata>, InvalidField> {
    json.map(serde_json::from_str)
        .transpose()
        .map_err(|_| InvalidField::new(field, "must be a JSON object"))
}

impl From<Tally> for wire::ImportUsersResponse {
    fn from(tally: Tally) -> Self {
        Self {
            created: tally.created,
            updated: tally.updated,
            unchanged: tally.unchanged,
            sessions_ended: tally
                .sessions_ended
                .iter()
                .map(ToString::to_string)
                .collect(),
        }
    }
}
