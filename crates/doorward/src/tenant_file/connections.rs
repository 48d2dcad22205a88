//! `databases` and `connections`: sources of users. Databases are the only kind that is supported, under either key.

use doorward_client_registry::check;
use doorward_proto::client_registry::v1::{ConnectionPatch, ConnectionStrategy};

use super::places::Places;
use crate::document::{Object, Value};

const DATABASE: &str = "auth0";

/// Auth0's names of password policies, with the minimum length of each.
const PASSWORD_POLICIES: [(&str, Policy); 5] = [
    (
        "none",
        Policy {
            length: 1,
            more: false,
        },
    ),
    (
        "low",
        Policy {
            length: 6,
            more: false,
        },
    ),
    (
        "fair",
        Policy {
            length: 8,
            more: true,
        },
    ),
    (
        "good",
        Policy {
            length: 8,
            more: true,
        },
    ),
    (
        "excellent",
        Policy {
            length: 10,
            more: true,
        },
    ),
];

#[derive(Debug, Clone, Copy)]
struct Policy {
    length: u32,
    /// Whether it also requires kinds of characters.
    more: bool,
}

pub(super) fn read(connection: &mut Object, places: &mut Places) -> Option<ConnectionPatch> {
    let strategy = connection.text("strategy");
    if let Some(strategy) = &strategy
        && strategy != DATABASE
    {
        let why = format!("the strategy {strategy:?} is not supported, ignored");
        connection.report().note(connection.path(), why);
        return None;
    }
    let name = connection.required_text("name");
    let (disable_signup, min_password_length) = options(connection);
    connection.pass("is_domain_connection", &[false.into()]);
    let id = connection.text("id");
    let clients_place = connection.place("enabled_clients");
    let enabled_clients = connection.texts("enabled_clients");
    let patch = ConnectionPatch {
        id,
        name: name?,
        strategy: strategy.map(|_database| ConnectionStrategy::Auth0.into()),
        disable_signup,
        min_password_length,
        enabled_clients,
    };
    connection.require(check::connection(patch.clone()));
    places.add_connection(&patch, &clients_place);
    Some(patch)
}

fn options(connection: &mut Object) -> (Option<bool>, Option<u32>) {
    let Some(mut options) = connection.object("options") else {
        return (None, None);
    };
    let complexity = options.object("password_complexity_options");
    let least = complexity.and_then(|mut complexity| {
        let least = complexity.count("min_length");
        complexity.finish();
        least
    });
    let policy = options.choice("passwordPolicy", &PASSWORD_POLICIES);
    let least = least.or(policy.map(|policy| policy.length));
    if let (Some(Policy { more: true, .. }), Some(least)) = (policy, least) {
        let why = format!("only its minimum length of {least} characters is supported");
        let place = options.place("passwordPolicy");
        options.report().note(&place, why);
    }
    let disable_signup = options.flag("disable_signup");
    pass_what_happens_anyway(&mut options);
    options.finish();
    (disable_signup, least)
}

fn pass_what_happens_anyway(options: &mut Object) {
    let never = [false.into()];
    options.pass("requires_username", &never);
    options.pass("import_mode", &never);
    options.pass("enabledDatabaseCustomization", &never);
    let nothing = [Value::Object(Vec::new())];
    options.pass("customScripts", &nothing);
    options.pass("configuration", &nothing);
    for rule in [
        "password_history",
        "password_no_personal_info",
        "password_dictionary",
    ] {
        let Some(mut rule) = options.object(rule) else {
            continue;
        };
        // The other members of a rule that is off have no effect.
        if rule.flag("enable") != Some(false) {
            let why = "not supported, ignored";
            rule.report().note(rule.path(), why);
        }
    }
}
