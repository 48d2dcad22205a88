//! Claims that the tenant adds to tokens: their values for one user, client, API and organization.

use std::cell::OnceCell;
use std::collections::BTreeMap;

use doorward_oauth2_types::{ClaimSource, MAX_CUSTOM_CLAIMS_BYTES, Scope};
use serde_json::{Map, Value};

use crate::backends::BackendError;
use crate::deps::Deps;
use crate::model::{Client, CustomClaim, CustomClaimValue, Metadata, Organization, User};

/// A JSON object.
pub(crate) type JsonObject = Map<String, Value>;

/// The custom claims of the tokens of one answer.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct CustomClaims {
    /// Also in the answers of `/userinfo`.
    pub(crate) id_token: JsonObject,
    pub(crate) access_token: JsonObject,
}

/// The objects that values are taken from.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ClaimsContext<'a> {
    pub(crate) user: &'a User,
    /// The roles that count.
    pub(crate) role_ids: &'a [String],
    pub(crate) client: &'a Client,
    pub(crate) organization: Option<&'a Organization>,
    /// The API; `None`: only `/userinfo`.
    pub(crate) audience: Option<&'a str>,
    pub(crate) scope: &'a Scope,
}

/// The custom claims of a token are too large.
#[derive(Debug, thiserror::Error)]
#[error("The custom claims of a token have more than {} KB", MAX_CUSTOM_CLAIMS_BYTES / 1024)]
pub(crate) struct TooLarge;

/// The values of the tenant's custom claims. Most tenants have none, and this calls no backend then.
pub(crate) async fn custom_claims(
    defined: &[CustomClaim],
    context: ClaimsContext<'_>,
    deps: &Deps,
) -> Result<CustomClaims, BackendError> {
    let names_roles =
        |claim: &CustomClaim| matches!(claim.value, CustomClaimValue::Source(ClaimSource::Roles));
    let roles = if defined.iter().any(names_roles) {
        deps.backends.roles.names(context.role_ids).await?
    } else {
        Vec::new()
    };
    Ok(evaluate(defined, context, &roles))
}

fn evaluate(defined: &[CustomClaim], context: ClaimsContext<'_>, roles: &[String]) -> CustomClaims {
    let mut claims = CustomClaims::default();
    let metadata = UserMetadata::of(context.user);
    for claim in defined {
        let is_meant = claim.is_for(&context.client.client_id, context.audience)
            && claim.name.is_granted_by(context.scope);
        let value = match &claim.value {
            _ if !is_meant => None,
            CustomClaimValue::Source(source) => value(source, context, &metadata, roles),
            CustomClaimValue::Constant(value) => Some(value.clone()),
        };
        let Some(value) = value else { continue };
        let name = claim.name.as_str();
        if claim.access_token {
            claims.access_token.insert(name.to_owned(), value.clone());
        }
        if claim.id_token {
            claims.id_token.insert(name.to_owned(), value);
        }
    }
    claims
}

/// `None`: there is no value. A claim is never null.
fn value(
    source: &ClaimSource,
    context: ClaimsContext<'_>,
    metadata: &UserMetadata<'_>,
    roles: &[String],
) -> Option<Value> {
    let ClaimsContext {
        user,
        client,
        organization,
        ..
    } = context;
    match source {
        ClaimSource::UserId => Some(user.user_id.as_str().into()),
        ClaimSource::Connection => Some(user.connection.as_str().into()),
        ClaimSource::Roles => Some(roles.into()),
        ClaimSource::UserClaim(claim) => serde_json::to_value(user.claims.get(*claim)?).ok(),
        ClaimSource::AppMetadata(member) => of_object(metadata.app(), member.as_deref()),
        ClaimSource::UserMetadata(member) => of_object(metadata.own(), member.as_deref()),
        ClaimSource::OrganizationId => Some(organization?.id.as_str().into()),
        ClaimSource::OrganizationName => Some(organization?.name.as_str().into()),
        ClaimSource::OrganizationDisplayName => Some(organization?.display_name.as_str().into()),
        ClaimSource::OrganizationMetadata(member) => {
            of_texts(&organization?.metadata, member.as_deref())
        }
        ClaimSource::ClientId => Some(client.client_id.as_str().into()),
        ClaimSource::ClientName => Some(client.name.as_str().into()),
        ClaimSource::ClientMetadata(member) => of_texts(&client.metadata, member.as_deref()),
    }
    .filter(|value| !value.is_null())
}

/// The metadata of a user, each object parsed when a claim first reads it.
struct UserMetadata<'a> {
    user: &'a User,
    app: OnceCell<JsonObject>,
    own: OnceCell<JsonObject>,
}

impl<'a> UserMetadata<'a> {
    fn of(user: &'a User) -> Self {
        Self {
            user,
            app: OnceCell::new(),
            own: OnceCell::new(),
        }
    }

    fn app(&self) -> &JsonObject {
        let text = self.user.app_metadata.as_ref();
        self.app.get_or_init(|| parsed(text))
    }

    fn own(&self) -> &JsonObject {
        let text = self.user.user_metadata.as_ref();
        self.own.get_or_init(|| parsed(text))
    }
}

fn parsed(metadata: Option<&Metadata>) -> JsonObject {
    let object = metadata.and_then(|metadata| serde_json::from_str(metadata.as_str()).ok());
    object.unwrap_or_default()
}

fn of_object(object: &JsonObject, member: Option<&str>) -> Option<Value> {
    match member {
        Some(member) => find(object, member).cloned(),
        None => (!object.is_empty()).then(|| object.clone().into()),
    }
}

/// The member at a path in dotted notation. A key with dots comes before an object of an object.
fn find<'a>(object: &'a JsonObject, path: &str) -> Option<&'a Value> {
    if let Some(value) = object.get(path) {
        return Some(value);
    }
    let dots = path.match_indices('.').map(|(at, _)| at);
    dots.rev().find_map(|dot| {
        let inner = object.get(&path[..dot])?.as_object()?;
        find(inner, &path[dot + 1..])
    })
}

fn of_texts(texts: &BTreeMap<String, String>, member: Option<&str>) -> Option<Value> {
    match member {
        Some(member) => Some(texts.get(member)?.as_str().into()),
        None => serde_json::to_value(texts).ok(),
    }
}

impl CustomClaims {
    /// These claims, with the values of `newer` where it has one.
    pub(crate) fn merged(mut self, newer: Self) -> Self {
        self.id_token.extend(newer.id_token);
        self.access_token.extend(newer.access_token);
        self
    }

    /// Refuses claims that are too large for a token.
    pub(crate) fn check_size(&self) -> Result<(), TooLarge> {
        let is_small = |claims: &JsonObject| {
            to_json(claims).is_none_or(|json| json.len() <= MAX_CUSTOM_CLAIMS_BYTES)
        };
        // mutant: custom-claims-of-any-size
        if is_small(&self.id_token) && is_small(&self.access_token) {
            Ok(())
        } else {
            Err(TooLarge)
        }
    }
}

/// The claims as text; `None`: there are none, as in most tenants.
pub(super) fn to_json(claims: &JsonObject) -> Option<String> {
    let json = serde_json::to_string(claims).ok();
    json.filter(|_| !claims.is_empty())
}

#[cfg(test)]
mod tests {
    use doorward_oauth2_types::{ClaimSet, StandardClaim};
    use serde_json::json;

    use super::*;

    fn claim(name: &str, source: &str) -> CustomClaim {
        CustomClaim {
            name: name.parse().unwrap(),
            value: CustomClaimValue::Source(source.parse().unwrap()),
            id_token: true,
            access_token: true,
            clients: Vec::new(),
            audiences: Vec::new(),
        }
    }

    fn texts(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        let pairs = pairs.iter();
        pairs
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
            .collect()
    }

    fn user() -> User {
        let app_metadata = json!({
            "plan": {"name": "gold", "seats": 3}, "plan.name": "dotted", "a": {"b.c": {"d": true}}, "nothing": null,
        });
        User {
            user_id: "auth0|alice".to_owned(),
            connection: "Staff".to_owned(),
            claims: ClaimSet::from_iter([
                (StandardClaim::Email, "alice@example.com".into()),
                (StandardClaim::EmailVerified, true.into()),
            ]),
            app_metadata: Some(app_metadata.to_string().into()),
            user_metadata: None,
            ..User::default()
        }
    }

    fn client() -> Client {
        Client {
            client_id: "app".to_owned(),
            name: "My App".to_owned(),
            metadata: texts(&[("tier", "1")]),
            ..Client::default()
        }
    }

    fn evaluated(
        defined: &[CustomClaim],
        organization: Option<&Organization>,
        scope: &str,
    ) -> CustomClaims {
        let context = ClaimsContext {
            user: &user(),
            role_ids: &[],
            client: &client(),
            organization,
            audience: Some("https://api.test"),
            scope: &scope.parse().unwrap(),
        };
        evaluate(defined, context, &["admin".to_owned()])
    }

    #[test]
    fn values_of_all_sources() {
        let acme = Organization {
            id: "org_1".to_owned(),
            name: "acme".to_owned(),
            display_name: "Acme".to_owned(),
            metadata: texts(&[("region", "eu")]),
            ..Organization::default()
        };
        let cases = [
            ("user.user_id", Some(json!("auth0|alice"))),
            ("user.connection", Some(json!("Staff"))),
            ("user.roles", Some(json!(["admin"]))),
            ("user.email", Some(json!("alice@example.com"))),
            ("user.email_verified", Some(json!(true))),
            ("user.name", None),
            (
                "user.app_metadata.plan",
                Some(json!({"name": "gold", "seats": 3})),
            ),
            ("user.app_metadata.plan.seats", Some(json!(3))),
            ("user.app_metadata.plan.name", Some(json!("dotted"))),
            ("user.app_metadata.a.b.c.d", Some(json!(true))),
            ("user.app_metadata.a.b", None),
            ("user.app_metadata.nothing", None),
            ("user.user_metadata", None),
            ("user.user_metadata.plan", None),
            ("organization.id", Some(json!("org_1"))),
            ("organization.name", Some(json!("acme"))),
            ("organization.display_name", Some(json!("Acme"))),
            ("organization.metadata.region", Some(json!("eu"))),
            ("organization.metadata", Some(json!({"region": "eu"}))),
            ("organization.metadata.x", None),
            ("client.client_id", Some(json!("app"))),
            ("client.name", Some(json!("My App"))),
            ("client.client_metadata.tier", Some(json!("1"))),
        ];
        for (source, expected) in cases {
            let claims = evaluated(&[claim("c", source)], Some(&acme), "openid");
            assert_eq!(claims.id_token.get("c"), expected.as_ref(), "{source}");
            assert_eq!(claims.access_token, claims.id_token);
            if source.starts_with("organization") {
                let none = evaluated(&[claim("c", source)], None, "openid");
                assert_eq!(none, CustomClaims::default(), "{source}");
            }
        }
    }

    #[test]
    fn which_tokens_have_it() {
        let all = || claim("c", "client.name");
        let list = |entry: &str| vec![entry.to_owned()];
        let cases = [
            (all(), (true, true)),
            (
                CustomClaim {
                    id_token: false,
                    ..all()
                },
                (false, true),
            ),
            (
                CustomClaim {
                    access_token: false,
                    ..all()
                },
                (true, false),
            ),
            (
                CustomClaim {
                    clients: list("app"),
                    ..all()
                },
                (true, true),
            ),
            (
                CustomClaim {
                    clients: list("My App"),
                    ..all()
                },
                (false, false),
            ),
            (
                CustomClaim {
                    audiences: list("https://api.test"),
                    ..all()
                },
                (true, true),
            ),
            (
                CustomClaim {
                    audiences: list("https://other.test"),
                    ..all()
                },
                (false, false),
            ),
        ];
        for (claim, expected) in cases {
            let claims = evaluated(std::slice::from_ref(&claim), None, "openid");
            let has = (!claims.id_token.is_empty(), !claims.access_token.is_empty());
            assert_eq!(has, expected, "{claim:?}");
        }
        assert!(
            !CustomClaim {
                audiences: list("a"),
                ..all()
            }
            .is_for("app", None)
        );
    }

    #[test]
    fn of_several_with_one_name_the_last_with_a_value_counts() {
        let defined = [
            claim("c", "client.name"),
            claim("c", "user.connection"),
            claim("c", "user.name"),
        ];
        let claims = evaluated(&defined, None, "openid");
        assert_eq!(claims.id_token["c"], json!("Staff"));
    }

    #[test]
    fn a_standard_claim_needs_its_scope() {
        let defined = [claim("picture", "client.name")];
        assert_eq!(evaluated(&defined, None, "openid"), CustomClaims::default());
        assert_eq!(
            evaluated(&defined, None, "openid profile").id_token["picture"],
            json!("My App")
        );
    }

    #[test]
    fn sec_164_too_large_claims() {
        // {"c":"..."}: eight bytes beside the text.
        for (length, fits) in [
            (MAX_CUSTOM_CLAIMS_BYTES - 8, true),
            (MAX_CUSTOM_CLAIMS_BYTES - 7, false),
        ] {
            let object = JsonObject::from_iter([("c".to_owned(), "x".repeat(length).into())]);
            let (one, none) = (object, JsonObject::default());
            for (id_token, access_token) in [(one.clone(), none.clone()), (none, one)] {
                let claims = CustomClaims {
                    id_token,
                    access_token,
                };
                assert_eq!(claims.check_size().is_ok(), fits, "{length}");
            }
        }
        assert_eq!(
            TooLarge.to_string(),
            "The custom claims of a token have more than 100 KB"
        );
    }
}
