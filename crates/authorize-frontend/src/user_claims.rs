//! The user's claims as JSON members (OIDC Core §5.1); a claim without a value is left out, never null.

use doorward_proto::common::v1::UserClaims;
use serde_json::{Map, Value};

pub(crate) fn to_json(claims: UserClaims) -> Map<String, Value> {
    let texts = [
        ("email", claims.email),
        ("name", claims.name),
        ("given_name", claims.given_name),
        ("family_name", claims.family_name),
        ("middle_name", claims.middle_name),
        ("nickname", claims.nickname),
        ("preferred_username", claims.preferred_username),
        ("profile", claims.profile),
        ("picture", claims.picture),
        ("website", claims.website),
        ("gender", claims.gender),
        ("birthdate", claims.birthdate),
        ("zoneinfo", claims.zoneinfo),
        ("locale", claims.locale),
        ("phone_number", claims.phone_number),
    ];
    let flags = [
        ("email_verified", claims.email_verified),
        ("phone_number_verified", claims.phone_number_verified),
    ];
    let texts = texts
        .into_iter()
        .map(|(name, value)| (name, value.map(Value::from)));
    let flags = flags
        .into_iter()
        .map(|(name, value)| (name, value.map(Value::from)));
    let members = texts.chain(flags);
    members
        .filter_map(|(name, value)| Some((name.to_owned(), value?)))
        .collect()
}
