//! `databases` and `connections`: sources of users. Databases are the only kind that is supported, under either key.

use doorward_proto::client_registry::v1::{ConnectionPatch, ConnectionStrategy};

use crate::document::{Ignored, Object, Result, Value};

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

pub(super) fn read(
    mut connection: Object,
    ignored: &mut Ignored,
) -> Result<Option<ConnectionPatch>> {
    let strategy = connection.text("strategy")?;
    if let Some(strategy) = &strategy
        && strategy != DATABASE
    {
        ignored.note(
            connection.path(),
            format!("the strategy {strategy:?} is not supported, ignored"),
        );
        return Ok(None);
    }
    let name = connection.required_text("name")?;
    let (disable_signup, min_password_length) = options(&mut connection, ignored)?;
    connection.pass("is_domain_connection", &[false.into()]);
    let patch = ConnectionPatch {
        id: connection.text("id")?,
        name,
        strategy: strategy.map(|_database| ConnectionStrategy::Auth0.into()),
        disable_signup,
        min_password_length,
        enabled_clients: connection.texts("enabled_clients")?,
    };
    connection.finish(ignored);
    Ok(Some(patch))
}

fn options(connection: &mut Object, ignored: &mut Ignored) -> Result<(Option<bool>, Option<u32>)> {
    let Some(mut options) = connection.object("options")? else {
        return Ok((None, None));
    };
    let least = match options.object("password_complexity_options")? {
        Some(mut complexity) => {
            let least = complexity.count("min_length")?;
            complexity.finish(ignored);
            least
        }
        None => None,
    };
    let policy_place = options.place("passwordPolicy");
    let policy = options.choice("passwordPolicy", &PASSWORD_POLICIES)?;
    let least = least.or(policy.map(|policy| policy.length));
    if let (Some(Policy { more: true, .. }), Some(least)) = (policy, least) {
        let why = format!("only its minimum length of {least} characters is supported");
        ignored.note(&policy_place, why);
    }
    let disable_signup = options.flag("disable_signup")?;
    pass_what_happens_anyway(&mut options, ignored)?;
    options.finish(ignored);
    Ok((disable_signup, least))
}

fn pass_what_happens_anyway(options: &mut Object, ignored: &mut Ignored) -> Result<()> {
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
        let Some(mut rule) = options.object(rule)? else {
            continue;
        };
        // The other members of a rule that is off have no effect.
        if rule.flag("enable")? != Some(false) {
            ignored.unsupported(rule.path());
        }
    }
    Ok(())
}
