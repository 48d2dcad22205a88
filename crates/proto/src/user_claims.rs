//! The claims of a user, from the message and back. The build script lists the fields, so that a field without a row in
//! the table of claims does not compile.

use doorward_oauth2_types::{ClaimSet, ClaimValue, StandardClaim};

use crate::common::v1::UserClaims;

macro_rules! fields {
    ($($claim:ident $field:ident;)+) => {
        impl From<UserClaims> for ClaimSet {
            fn from(message: UserClaims) -> Self {
                let fields = [$((StandardClaim::$claim, message.$field.map(ClaimValue::from))),+];
                let present = fields.into_iter().filter_map(|(claim, value)| Some((claim, value?)));
                present.collect()
            }
        }

        /// Claims that are no field of the message are left out.
        impl From<ClaimSet> for UserClaims {
            fn from(mut claims: ClaimSet) -> Self {
                Self {
                    $($field: claims.remove(StandardClaim::$claim).and_then(|value| value.try_into().ok()),)+
                }
            }
        }

        #[cfg(test)]
        const FIELDS: &[(StandardClaim, &str)] = &[$((StandardClaim::$claim, stringify!($field))),+];
    };
}

include!(concat!(env!("OUT_DIR"), "/user_claims.rs"));

#[cfg(test)]
mod tests {
    use doorward_oauth2_types::ClaimKind;

    use super::*;

    #[test]
    fn every_field_is_the_claim_of_its_name_in_the_order_of_the_table() {
        assert!(FIELDS.iter().all(|(claim, field)| claim.as_str() == *field));
        assert!(FIELDS.iter().map(|(claim, _)| claim).is_sorted());
    }

    #[test]
    fn every_claim_that_a_user_can_have_survives_the_message() {
        let all: ClaimSet = StandardClaim::ALL
            .iter()
            .filter_map(|claim| match claim.kind() {
                ClaimKind::Text { .. } => Some((*claim, claim.as_str().into())),
                ClaimKind::Flag => Some((*claim, true.into())),
                ClaimKind::Instant | ClaimKind::Unavailable => None,
            })
            .collect();
        assert_eq!(all.iter().count(), FIELDS.len());
        assert_eq!(ClaimSet::from(UserClaims::from(all.clone())), all);
        assert_eq!(ClaimSet::from(UserClaims::default()), ClaimSet::default());
    }
}
