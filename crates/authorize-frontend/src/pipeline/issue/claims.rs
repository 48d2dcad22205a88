//! The user's claims, cut to the granted scope (OIDC Core §5.4).

use doorward_oauth2_types::{Scope, StandardClaim};
use doorward_proto::common::v1::UserClaims;

/// Leaves only the claims that `scope` asks for.
pub(crate) fn granted_claims(claims: UserClaims, scope: &Scope) -> UserClaims {
    let wants = |claim| scope.asks_for(claim);
    UserClaims {
        email: claims.email.filter(|_| wants(StandardClaim::Email)),
        email_verified: claims
            .email_verified
            .filter(|_| wants(StandardClaim::EmailVerified)),
        // Not a claim of OpenID Connect: it only serves to sign in.
        username: None,
        name: claims.name.filter(|_| wants(StandardClaim::Name)),
        given_name: claims
            .given_name
            .filter(|_| wants(StandardClaim::GivenName)),
        family_name: claims
            .family_name
            .filter(|_| wants(StandardClaim::FamilyName)),
        middle_name: claims
            .middle_name
            .filter(|_| wants(StandardClaim::MiddleName)),
        nickname: claims.nickname.filter(|_| wants(StandardClaim::Nickname)),
        preferred_username: claims
            .preferred_username
            .filter(|_| wants(StandardClaim::PreferredUsername)),
        profile: claims.profile.filter(|_| wants(StandardClaim::Profile)),
        picture: claims.picture.filter(|_| wants(StandardClaim::Picture)),
        website: claims.website.filter(|_| wants(StandardClaim::Website)),
        gender: claims.gender.filter(|_| wants(StandardClaim::Gender)),
        birthdate: claims.birthdate.filter(|_| wants(StandardClaim::Birthdate)),
        zoneinfo: claims.zoneinfo.filter(|_| wants(StandardClaim::Zoneinfo)),
        locale: claims.locale.filter(|_| wants(StandardClaim::Locale)),
        phone_number: claims
            .phone_number
            .filter(|_| wants(StandardClaim::PhoneNumber)),
        phone_number_verified: claims
            .phone_number_verified
            .filter(|_| wants(StandardClaim::PhoneNumberVerified)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_the_scope_asks_for() {
        let all = UserClaims {
            email: Some("alice@example.com".to_owned()),
            email_verified: Some(true),
            name: Some("Alice".to_owned()),
            nickname: Some("al".to_owned()),
            ..UserClaims::default()
        };
        let granted = |scope: &str| granted_claims(all.clone(), &scope.parse().unwrap());
        assert_eq!(granted("openid"), UserClaims::default());
        assert_eq!(granted("openid profile email"), all);
        assert_eq!(granted("openid nickname").nickname, all.nickname);
        assert_eq!(granted("openid nickname").name, None);
    }
}
