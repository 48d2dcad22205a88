//! Users and devices like those of a real tenant, the same in every run.

use std::time::{Duration, SystemTime};

use doorward_e2e::{API_WITH_CONSENT, THIRD_PARTY};
use doorward_proto::common::v1::{Consent, User, UserClaims};
use doorward_proto::session::v1::Device;

/// The connection of all users.
pub(crate) const CONNECTION: &str = "Username-Password-Authentication";

const GIVEN_NAMES: [&str; 16] = [
    "Aiko",
    "Benjamin",
    "Charlotte",
    "Daniel",
    "Emma",
    "Francesca",
    "Gabriel",
    "Hiroshi",
    "Isabelle",
    "Jun",
    "Katharina",
    "Liam",
    "Mei",
    "Noah",
    "Olivia",
    "Takeshi",
];
const FAMILY_NAMES: [&str; 16] = [
    "Abe",
    "Brown",
    "Chen",
    "Dubois",
    "Evans",
    "Fernandez",
    "Garcia",
    "Hashimoto",
    "Ito",
    "Johnson",
    "Kobayashi",
    "Lindgren",
    "Mueller",
    "Nakamura",
    "Okonkwo",
    "Williams",
];
const MAIL_HOSTS: [&str; 4] = [
    "example.com",
    "mail.example.com",
    "example.co.jp",
    "example.org",
];
const SYSTEMS: [&str; 4] = [
    "Windows NT 10.0; Win64; x64",
    "Macintosh; Intel Mac OS X 10_15_7",
    "Linux; Android 10; K",
    "X11; Linux x86_64",
];
/// 2024-01-01.
const FIRST_ACCOUNT: Duration = Duration::from_hours(473_352);
const TWO_YEARS_IN_MILLIS: u64 = 63_072_000_000;

/// A user: every fourth has two consents, every tenth has `role`.
pub(crate) fn user(number: usize, role: &str) -> User {
    let random = scattered(number, 0);
    let made = FIRST_ACCOUNT + Duration::from_millis(random % TWO_YEARS_IN_MILLIS);
    let changed = made + Duration::from_millis(scattered(number, 1) % TWO_YEARS_IN_MILLIS);
    let consents = if number.is_multiple_of(4) {
        consents().into()
    } else {
        Vec::new()
    };
    let roles = if number.is_multiple_of(10) {
        vec![role.to_owned()]
    } else {
        Vec::new()
    };
    User {
        app_metadata_json: None,
        user_metadata_json: None,
        user_id: format!("auth0|{random:016x}{number:08x}"),
        version: 1 + random % 5,
        connection: CONNECTION.to_owned(),
        blocked: false,
        created_at: Some((SystemTime::UNIX_EPOCH + made).into()),
        updated_at: Some((SystemTime::UNIX_EPOCH + changed).into()),
        claims: Some(claims(number, random)),
        role_ids: roles,
        consents,
        sessions_from_version: 0,
    }
}

fn claims(number: usize, random: u64) -> UserClaims {
    let given_name = pick(&GIVEN_NAMES, random);
    let family_name = pick(&FAMILY_NAMES, random >> 8);
    let nickname = format!("{given_name}.{family_name}{number}").to_lowercase();
    let host = pick(&MAIL_HOSTS, random >> 16);
    let face = (u128::from(random) << 64) | u128::from(scattered(number, 2));
    let initials = nickname[..2].to_owned();
    UserClaims {
        email: Some(format!("{nickname}@{host}")),
        email_verified: Some(true),
        name: Some(format!("{given_name} {family_name}")),
        given_name: Some(given_name.to_owned()),
        family_name: Some(family_name.to_owned()),
        // The picture that Auth0 gives to every new user.
        picture: Some(format!(
            "https://s.gravatar.com/avatar/{face:032x}?s=480&r=pg&d=https%3A%2F%2Fcdn.auth0.com%2Favatars%2F{initials}.png"
        )),
        nickname: Some(nickname),
        ..UserClaims::default()
    }
}

fn consents() -> [Consent; 2] {
    let to = |audience: &str, scopes: &[&str]| Consent {
        client_id: THIRD_PARTY.to_owned(),
        audience: audience.to_owned(),
        organization_id: String::new(),
        scopes: scopes.iter().map(|&scope| scope.to_owned()).collect(),
    };
    [
        to("", &["email", "profile"]),
        to(API_WITH_CONSENT, &["read:secrets"]),
    ]
}

/// One of a user's devices; each has the latest Chrome of its day.
pub(crate) fn device(number: usize, nth: usize) -> Device {
    let random = scattered(number, 100 + nth as u64);
    let [a, b, c, d, ..] = random.to_be_bytes();
    let system = pick(&SYSTEMS, random >> 8);
    let version = 138 + random % 8;
    Device {
        ip: format!("{}.{b}.{c}.{d}", 11 + a % 100),
        user_agent: format!(
            "Mozilla/5.0 ({system}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{version}.0.0.0 Safari/537.36"
        ),
    }
}

fn pick<'a>(values: &[&'a str], random: u64) -> &'a str {
    values[usize::try_from(random % values.len() as u64).expect("it is less than a length")]
}

/// Reproducible random numbers (`SplitMix64`).
fn scattered(number: usize, salt: u64) -> u64 {
    let mut mixed = (number as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ (salt << 48);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}
