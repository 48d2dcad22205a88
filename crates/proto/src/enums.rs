//! Enums of messages, and the types of `oauth2-types` with the same values.

use std::fmt::Display;

use doorward_oauth2_types::auth0::{
    AppType, ConnectionStrategy, OrganizationDiscoveryMethod, OrganizationRequireBehavior,
    OrganizationUsage, ResourceParameterProfile, SubjectType, ThirdPartySecurityMode, TokenDialect,
    UserAccess,
};
use doorward_oauth2_types::{ClientAuthenticationMethod, SigningAlg};

use crate::InvalidField;
use crate::client_registry::v1 as registry;
use crate::common::v1 as common;

/// A type that messages carry as an enum of their own. Its fields are plain numbers there.
pub trait WireEnum: Copy + Display + 'static {
    /// Every value that the message's enum has.
    const ALL: &'static [Self];

    /// Reads a number. `None`: it is unspecified, or from a newer version.
    fn from_wire(number: i32) -> Option<Self>;

    /// The number of a value.
    fn to_wire(self) -> i32;
}

/// Reads an enum that must have a value which this version knows.
pub fn read_enum<T: WireEnum>(number: i32, field: &str) -> Result<T, InvalidField> {
    T::from_wire(number).ok_or_else(|| {
        let known: Vec<_> = T::ALL.iter().map(ToString::to_string).collect();
        let problem = format!("{number} is not supported; it may be {}", known.join(", "));
        InvalidField::new(field, problem)
    })
}

macro_rules! wire_enums {
    ($($message:path = $ours:ident { $($value:ident),+ $(,)? })+) => {$(
        impl WireEnum for $ours {
            const ALL: &'static [Self] = &[$(Self::$value),+];

            fn from_wire(number: i32) -> Option<Self> {
                type Message = $message;
                match Message::try_from(number) {
                    $(Ok(Message::$value) => Some(Self::$value),)+
                    Ok(Message::Unspecified) | Err(_) => None,
                }
            }

            fn to_wire(self) -> i32 {
                type Message = $message;
                match self {
                    $(Self::$value => Message::$value.into(),)+
                }
            }
        }
    )+};
}

wire_enums! {
    registry::AppType = AppType { Spa, Native, RegularWeb, NonInteractive }
    common::SigningAlg = SigningAlg { Rs256, Ps256, Rs512, Es256, EdDsa }
    registry::TokenEndpointAuthMethod = ClientAuthenticationMethod {
        None, ClientSecretPost, ClientSecretBasic,
    }
    registry::ThirdPartySecurityMode = ThirdPartySecurityMode { Permissive, Strict }
    registry::OrganizationUsage = OrganizationUsage { Deny, Allow, Require }
    registry::OrganizationDiscoveryMethod = OrganizationDiscoveryMethod { Email, OrganizationName }
    registry::OrganizationRequireBehavior = OrganizationRequireBehavior {
        NoPrompt, PreLoginPrompt, PostLoginPrompt,
    }
    registry::TokenDialect = TokenDialect {
        AccessToken, AccessTokenAuthz, Rfc9068Profile, Rfc9068ProfileAuthz,
    }
    registry::UserAccess = UserAccess { AllowAll, RequireClientGrant, DenyAll }
    registry::SubjectType = SubjectType { Client, User }
    registry::ConnectionStrategy = ConnectionStrategy { Auth0 }
    registry::ResourceParameterProfile = ResourceParameterProfile { Audience, Compatibility }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn every_value_is_read_as_it_is_written<T: WireEnum + PartialEq + std::fmt::Debug>() {
        for value in T::ALL {
            assert_eq!(read_enum(value.to_wire(), "field"), Ok(*value));
        }
        assert_eq!(T::from_wire(0), None);
        assert_eq!(T::from_wire(1_000), None);
    }

    #[test]
    fn values() {
        every_value_is_read_as_it_is_written::<AppType>();
        every_value_is_read_as_it_is_written::<SigningAlg>();
        every_value_is_read_as_it_is_written::<ClientAuthenticationMethod>();
        every_value_is_read_as_it_is_written::<ThirdPartySecurityMode>();
        every_value_is_read_as_it_is_written::<OrganizationUsage>();
        every_value_is_read_as_it_is_written::<OrganizationDiscoveryMethod>();
        every_value_is_read_as_it_is_written::<OrganizationRequireBehavior>();
        every_value_is_read_as_it_is_written::<TokenDialect>();
        every_value_is_read_as_it_is_written::<UserAccess>();
        every_value_is_read_as_it_is_written::<SubjectType>();
        every_value_is_read_as_it_is_written::<ConnectionStrategy>();
        every_value_is_read_as_it_is_written::<ResourceParameterProfile>();
    }

    #[test]
    fn an_unknown_number_is_named_with_the_known_values() {
        let error = read_enum::<OrganizationUsage>(9, "client.organization_usage").unwrap_err();
        let expected =
            "client.organization_usage: 9 is not supported; it may be deny, allow, require";
        assert_eq!(error.to_string(), expected);
    }
}
