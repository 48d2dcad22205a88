use super::*;

fn name(text: &str) -> OrganizationName {
    OrganizationName::parse(text).unwrap()
}

fn patch(id: Option<&str>, text: &str) -> Patch {
    Patch::new(id.map(|id| id.to_owned().into()), name(text))
}

fn staff() -> Connection {
    Connection {
        name: "Staff".to_owned(),
        assign_membership_on_login: true,
        is_signup_enabled: false,
        show_as_button: true,
        is_enabled: true,
    }
}

/// A patch with every field.
fn full() -> Patch {
    Patch {
        display_name: Some("Acme".to_owned()),
        branding: Some(Branding {
            primary_color: Some("#FFF".to_owned()),
            ..Branding::default()
        }),
        metadata: Some(Metadata([("tier".to_owned(), "gold".to_owned())].into())),
        connections: Some(vec![staff()]),
        third_party_clients_allowed: Some(true),
        discovery_domains: Some(vec![DiscoveryDomain {
            domain: "Acme.example".to_owned(),
            verified: true,
            use_for_organization_discovery: true,
        }]),
        is_app_entitlement_active: Some(true),
        clients: Some(vec![Client {
            client_id: "app".to_owned(),
            use_for_member_access: true,
        }]),
        ..patch(Some("org_a"), "acme")
    }
}

#[test]
fn one_organization_is_given_once() {
    let distinct = [
        patch(Some("org_a"), "a"),
        patch(Some("org_b"), "b"),
        patch(None, "c"),
    ];
    assert!(check_distinct(&distinct).is_ok());
    let same_id = [patch(Some("org_a"), "a"), patch(Some("org_a"), "b")];
    let same_name = [patch(Some("org_a"), "a"), patch(None, "a")];
    for twice in [same_id, same_name] {
        let error = check_distinct(&twice).unwrap_err();
        assert_eq!(error.problem, "the same organization is given twice");
    }
}

#[test]
fn a_repeat_is_no_change() {
    let wanted = full().check().unwrap();
    let change = wanted.clone().change(None).unwrap();
    assert!(change.created && change.fields.is_empty());
    assert_eq!(wanted.change(Some(change.organization)), None);
}

#[test]
fn a_change_names_its_fields() {
    let current = Organization::new("org_a".to_owned().into(), name("beta"));
    let change = full().check().unwrap().change(Some(current)).unwrap();
    let expected = [
        "name",
        "display_name",
        "branding",
        "metadata",
        "connections",
        "third_party_client_access",
        "discovery_domains",
        "is_app_entitlement_active",
        "clients",
    ];
    assert_eq!(change.fields, expected);
}

#[test]
fn absent_fields_stay() {
    let current = full().check().unwrap().change(None).unwrap().organization;
    let renamed = patch(Some("org_a"), "beta");
    let change = renamed.change(Some(current.clone())).unwrap();
    assert_eq!(change.fields, ["name"]);
    let expected = Organization {
        name: name("beta"),
        ..current
    };
    assert_eq!(change.organization, expected);
}

#[test]
fn a_bad_value_is_named_with_its_organization() {
    let acme = || patch(None, "acme");
    for (bad, field) in [
        (patch(Some(""), "acme"), "id"),
        (
            Patch {
                display_name: Some("a\r\nb".to_owned()),
                ..acme()
            },
            "display_name",
        ),
        (
            Patch {
                display_name: Some(String::new()),
                ..acme()
            },
            "display_name",
        ),
        (
            Patch {
                branding: Some(Branding {
                    logo_url: Some("http://a.example/".to_owned()),
                    ..Branding::default()
                }),
                ..acme()
            },
            "branding.logo_url",
        ),
        (
            Patch {
                metadata: Some(Metadata([(String::new(), String::new())].into())),
                ..acme()
            },
            "metadata",
        ),
        (
            Patch {
                connections: Some(vec![staff(), staff()]),
                ..acme()
            },
            "connections",
        ),
        (
            Patch {
                discovery_domains: Some(vec![DiscoveryDomain {
                    domain: "x".to_owned(),
                    verified: false,
                    use_for_organization_discovery: false,
                }]),
                ..acme()
            },
            "discovery_domains",
        ),
        (
            Patch {
                clients: Some(vec![Client::default()]),
                ..acme()
            },
            "clients",
        ),
    ] {
        let error = bad.check().unwrap_err();
        assert_eq!(error.field, format!("organization acme: {field}"));
    }
}
