//! Client grants.

use doorward_oauth2_types::auth0::SubjectType;

use super::*;

fn grant(client: &str, audience: &str, scopes: Option<&[&str]>) -> ClientGrantPatch {
    let list = |scopes: &[&str]| scopes.iter().map(|scope| (*scope).to_owned()).collect();
    ClientGrantPatch {
        client: client.to_owned(),
        audience: audience.to_owned(),
        subject_type: SubjectType::User,
        scopes: scopes.map(list),
    }
}

fn grants(client_grants: impl Into<Vec<ClientGrantPatch>>) -> Desired {
    Desired {
        client_grants: client_grants.into(),
        ..Desired::default()
    }
}

/// Two applications, whose connection is there already.
fn two_apps() -> Content {
    content(clients([
        client_with_id("a", "App"),
        client_with_id("b", "Other"),
    ]))
}

fn ids(plan: &Plan) -> Vec<&str> {
    let planned = plan.client_grants.iter();
    planned
        .map(|planned| planned.draft.object.client_id.as_str())
        .collect()
}

#[test]
fn applications_are_found_by_name_or_id_also_in_the_same_request() {
    let desired = Desired {
        clients: vec![client_with_id("c", "New")],
        ..grants([
            grant("App", "api", None),
            grant("b", "api", None),
            grant("New", "api", None),
        ])
    };
    let planned = plan(two_apps(), desired).unwrap();
    assert_eq!(ids(&planned), ["a", "b", "c"]);
    let names: Vec<_> = planned
        .client_grants
        .iter()
        .map(|planned| planned.client_name.as_str())
        .collect();
    assert_eq!(names, ["App", "Other", "New"]);
}

#[test]
fn scopes_are_replaced_as_a_whole_or_stay() {
    let mut before = two_apps();
    let first = plan(
        before.clone(),
        grants([grant("a", "api", Some(&["x", "y"]))]),
    )
    .unwrap();
    assert!(first.client_grants[0].draft.created);
    before.client_grants = vec![first.client_grants[0].draft.object.clone()];
    for (scopes, expected) in [
        (None, None),
        (Some(&["x", "y"][..]), None),
        (Some(&["z"][..]), Some(vec!["z"])),
        (Some(&[][..]), Some(vec![])),
    ] {
        let planned = plan(before.clone(), grants([grant("App", "api", scopes)])).unwrap();
        let changed = planned.client_grants.first().map(|planned| {
            assert!(!planned.draft.created);
            assert_eq!(planned.draft.fields.names(), ["scopes"]);
            planned.draft.object.scopes.clone()
        });
        let expected = expected.map(|scopes| scopes.into_iter().map(str::to_owned).collect());
        assert_eq!(changed, expected, "{scopes:?}");
    }
}

#[test]
fn application_audience_and_subject_type_tell_grants_apart() {
    let for_itself = ClientGrantPatch {
        subject_type: SubjectType::Client,
        ..grant("App", "api", Some(&["x"]))
    };
    let all = [
        grant("App", "api", Some(&["x"])),
        for_itself,
        grant("App", "api/", Some(&["x"])),
        grant("Other", "api", Some(&["x"])),
    ];
    let planned = plan(two_apps(), grants(all)).unwrap();
    assert_eq!(ids(&planned), ["a", "a", "a", "b"]);
}

#[test]
fn refusals_of_client_grants() {
    let twins = content(clients([
        client_with_id("a", "twin"),
        client_with_id("b", "twin"),
    ]));
    for (before, desired, expected) in [
        (
            two_apps(),
            grants([grant("ghost", "api", None)]),
            r#"client grant "ghost" for "api": client: no application has the name or id "ghost""#,
        ),
        (
            twins,
            grants([grant("twin", "api", None)]),
            r#"client grant "twin" for "api": client: several applications have the name "twin"; give the client_id"#,
        ),
        (
            two_apps(),
            grants([grant("App", "api", None), grant("a", "api", None)]),
            r#"client grant "a" for "api": client: the same object is given twice"#,
        ),
    ] {
        assert_eq!(refusal(before, desired), expected);
    }
}
