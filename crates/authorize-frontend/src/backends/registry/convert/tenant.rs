//! `Tenant` messages.

use std::net::IpAddr;

use doorward_proto::InvalidField;
use doorward_proto::client_registry::v1 as wire;
use doorward_proto::client_registry::v1::custom_claim::Value;

use ipnet::IpNet;

use super::{uris, url, usable};
use crate::model::{
    AccountLimit, AddressLimit, AttackProtection, BruteForceProtection, CustomClaim,
    CustomClaimValue, SessionLife, SessionLifetimes, SuspiciousIpThrottling, Tenant,
};

impl TryFrom<wire::Tenant> for Tenant {
    type Error = InvalidField;

    fn try_from(tenant: wire::Tenant) -> Result<Self, Self::Error> {
        let lifetimes = tenant.session_lifetimes;
        let lifetimes = doorward_proto::required(lifetimes, "session_lifetimes")?;
        Ok(Self {
            friendly_name: tenant.friendly_name,
            picture_url: tenant.picture_url,
            support_email: tenant.support_email,
            support_url: tenant.support_url,
            default_audience: tenant.default_audience,
            default_redirection_uri: url(
                "default_redirection_uri",
                tenant.default_redirection_uri.as_deref(),
            ),
            allowed_logout_urls: uris("allowed_logout_urls", &tenant.allowed_logout_urls),
            session_lifetimes: lifetimes.into(),
            authorization_response_iss_parameter_supported: tenant
                .authorization_response_iss_parameter_supported,
            skip_non_verifiable_callback_uri_confirmation_prompt: tenant
                .skip_non_verifiable_callback_uri_confirmation_prompt,
            use_scope_descriptions_for_consent: tenant.use_scope_descriptions_for_consent,
            enabled_locales: tenant.enabled_locales,
            resource_parameter_accepted: tenant.resource_parameter_accepted,
            require_openid_scope: tenant.require_openid_scope,
            rp_logout_end_session_endpoint_discovery: tenant
                .rp_logout_end_session_endpoint_discovery,
            oidc_logout_prompt_enabled: tenant.oidc_logout_prompt_enabled,
            allow_organization_name_in_authentication_api: tenant
                .allow_organization_name_in_authentication_api,
            include_tenant_roles_in_organizations: tenant.include_tenant_roles_in_organizations,
            consume_invitation_on_mismatch: tenant.consume_invitation_on_mismatch,
            numeric_updated_at: tenant.numeric_updated_at,
            custom_claims: custom_claims(tenant.custom_claims),
            post_login_hook_may_fail: tenant.post_login_hook_may_fail,
            attack_protection: attack_protection(tenant.attack_protection),
        })
    }
}

/// A registry of an earlier version sends none: then the defaults protect.
fn attack_protection(protection: Option<wire::AttackProtection>) -> AttackProtection {
    let protection = protection.unwrap_or_default();
    let brute_force = protection.brute_force_protection.as_ref();
    let throttling = protection.suspicious_ip_throttling.as_ref();
    AttackProtection {
        brute_force: brute_force.map(brute_force_protection).unwrap_or_default(),
        throttling: throttling.map(suspicious_ip_throttling).unwrap_or_default(),
    }
}

fn brute_force_protection(protection: &wire::BruteForceProtection) -> BruteForceProtection {
    let limit = AccountLimit {
        max_attempts: protection.max_attempts,
        per_identifier: protection.per_identifier,
        blocks: protection.blocks,
    };
    BruteForceProtection {
        limit: protection.enabled.then_some(limit),
        allowlist: networks(&protection.allowlist),
    }
}

fn suspicious_ip_throttling(throttling: &wire::SuspiciousIpThrottling) -> SuspiciousIpThrottling {
    let limit = |rate: Option<wire::AttemptRate>| {
        let rate = rate.filter(|_| throttling.enabled)?;
        Some(AddressLimit {
            max_attempts: rate.max_attempts,
            rate_ms: rate.rate_ms,
            blocks: throttling.blocks,
        })
    };
    SuspiciousIpThrottling {
        logins: limit(throttling.pre_login),
        sign_ups: limit(throttling.pre_user_registration),
        allowlist: networks(&throttling.allowlist),
    }
}

/// A single address is a network of one.
fn networks(texts: &[String]) -> Vec<IpNet> {
    let parse = |text: &String| {
        let network = text
            .parse()
            .or_else(|_| text.parse::<IpAddr>().map(IpNet::from));
        usable("attack_protection.allowlist", text, network)
    };
    texts.iter().filter_map(parse).collect()
}

/// A claim that this version cannot read is left out.
fn custom_claims(claims: Vec<wire::CustomClaim>) -> Vec<CustomClaim> {
    let claims = claims.into_iter();
    let claims = claims.filter_map(|claim| {
        let name = usable("custom_claims.name", &claim.name, claim.name.parse())?;
        let value = match claim.value? {
            Value::Source(source) => {
                let source = usable("custom_claims.source", &source, source.parse())?;
                CustomClaimValue::Source(source)
            }
            Value::ConstantJson(json) => {
                let value = usable(
                    "custom_claims.constant_json",
                    &json,
                    serde_json::from_str(&json),
                )?;
                CustomClaimValue::Constant(value)
            }
        };
        Some(CustomClaim {
            name,
            value,
            id_token: claim.id_token,
            access_token: claim.access_token,
            clients: claim.clients,
            audiences: claim.audiences,
        })
    });
    claims.collect()
}

impl From<wire::SessionLifetimes> for SessionLifetimes {
    fn from(lifetimes: wire::SessionLifetimes) -> Self {
        let (absolute, idle) = (lifetimes.absolute_minutes, lifetimes.idle_minutes);
        let ephemeral = life(
            lifetimes.ephemeral_absolute_minutes,
            lifetimes.ephemeral_idle_minutes,
        );
        Self::new(lifetimes.persistent, life(absolute, idle), ephemeral)
    }
}

fn life(absolute_minutes: u32, idle_minutes: u32) -> SessionLife {
    SessionLife {
        absolute_seconds: absolute_minutes.saturating_mul(60),
        idle_seconds: idle_minutes.saturating_mul(60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message() -> wire::Tenant {
        wire::Tenant {
            session_lifetimes: Some(wire::SessionLifetimes {
                absolute_minutes: 10,
                idle_minutes: 5,
                ephemeral_absolute_minutes: 2,
                ephemeral_idle_minutes: u32::MAX,
                persistent: true,
            }),
            ..wire::Tenant::default()
        }
    }

    #[test]
    fn only_urls_lead_anywhere() {
        for (text, expected) in [
            ("no url", None),
            ("https://a.test/b", Some("https://a.test/b")),
        ] {
            let message = wire::Tenant {
                default_redirection_uri: Some(text.to_owned()),
                ..message()
            };
            let url = Tenant::try_from(message).unwrap().default_redirection_uri;
            assert_eq!(url.as_ref().map(url::Url::as_str), expected, "{text}");
        }
    }

    #[test]
    fn lifetimes_are_in_seconds_and_always_there() {
        let lifetimes = Tenant::try_from(message()).unwrap().session_lifetimes;
        assert!(lifetimes.persistent_cookie);
        for (persistent, absolute_seconds, idle_seconds) in
            [(true, 600, 300), (false, 120, u32::MAX)]
        {
            let expected = SessionLife {
                absolute_seconds,
                idle_seconds,
            };
            assert_eq!(lifetimes.life(persistent), expected, "{persistent}");
        }
        let refused = Tenant::try_from(wire::Tenant::default()).unwrap_err();
        assert_eq!(refused.to_string(), "session_lifetimes: is missing");
    }
}
