//! URLs that cannot be registered: the import is refused, and names the field.

use doorward_e2e::{Deployment, Outcome};

use super::super::fixture::on_server;

/// Tries to register an application with a value in a field, and with more settings.
fn register(deployment: &Deployment, field: &str, value: &str, more: &str) -> Outcome {
    let value = serde_json::to_string(value).unwrap();
    let is_list = field.ends_with('s');
    let value = if is_list { format!("[{value}]") } else { value };
    let client = format!("name: Hostile, {field}: {value}{more}");
    import(deployment, &format!("clients: [{{ {client} }}]\n"))
}

#[track_caller]
fn assert_not_registered(deployment: &Deployment, field: &str, value: &str) {
    register(deployment, field, value, "").assert_refused(field);
}

fn import(deployment: &Deployment, tenant: &str) -> Outcome {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("tenant.yaml");
    std::fs::write(&file, tenant).unwrap();
    deployment.command(&["import", file.to_str().unwrap(), "--dry-run"], "")
}

/// The parameters of the answer are added to the query, so a registered URL must not contain their names.
#[tokio::test]
async fn sec_007_names_of_an_answer() {
    on_server(async |deployment| {
        for (query, name) in [
            ("state=x", "state"),
            ("app=1&code=x", "code"),
            ("iss", "iss"),
            ("error=", "error"),
            ("error_description=x", "error_description"),
            ("access_token=x", "access_token"),
            ("id_token=x", "id_token"),
            ("%73t%61te=x", "state"),
        ] {
            for uri in ["https://app.example.test/cb", "com.example.app:/cb"] {
                let uri = format!("{uri}?{query}");
                for field in ["callbacks", "allowed_logout_urls"] {
                    let outcome = register(deployment, field, &uri, "");
                    outcome.assert_refused("clients[Hostile]");
                    for part in [field, &uri, &format!("{name:?}")] {
                        outcome.assert_refused(part);
                    }
                }
                let tenant = format!("tenant: {{ allowed_logout_urls: [{uri:?}] }}\n");
                import(deployment, &tenant).assert_refused("allowed_logout_urls");
            }
        }
        let login = "https://app.example.test/login?iss=x";
        assert_not_registered(deployment, "initiate_login_uri", login);
        let tenant = format!("tenant: {{ default_redirection_uri: {login:?} }}\n");
        import(deployment, &tenant).assert_refused("default_redirection_uri");
        let others = "https://app.example.test/cb?app=1&State=x";
        register(deployment, "callbacks", others, "").assert_success();
    })
    .await;
}

#[tokio::test]
async fn sec_022_schemes_that_run_code() {
    on_server(async |deployment| {
        for url in [
            "javascript:alert(1)",
            "JavaScript://a.test/%0aalert(1)",
            "data:text/html,<script>alert(1)</script>",
            "DATA:text/html,x",
            "vbscript:x",
            "VbScript:x",
            "file:///etc/passwd",
            "File:///etc/passwd",
        ] {
            for field in [
                "callbacks",
                "allowed_logout_urls",
                "web_origins",
                "allowed_origins",
                "initiate_login_uri",
                "logo_uri",
            ] {
                assert_not_registered(deployment, field, url);
            }
            let quoted = serde_json::to_string(url).unwrap();
            for field in ["picture_url", "support_url", "default_redirection_uri"] {
                let tenant = format!("tenant: {{ {field}: {quoted} }}\n");
                import(deployment, &tenant).assert_refused(field);
            }
            let tenant = format!("tenant: {{ allowed_logout_urls: [{quoted}] }}\n");
            import(deployment, &tenant).assert_refused("allowed_logout_urls");
        }
    })
    .await;
}

#[tokio::test]
async fn sec_023_wildcards_elsewhere() {
    on_server(async |deployment| {
        for url in [
            "https://*",
            "https://*.test",
            "https://*.*.a.example.test",
            "https://*-*.example.test",
            "https://a.example.test:*",
            "https://a.example.test/*",
            "https://a.example.test/?b=*",
            "https://a.*.example.test",
            "https://-*.example.test",
            "https://*-.example.test",
            "https://my_*.example.test",
        ] {
            for field in [
                "callbacks",
                "allowed_logout_urls",
                "web_origins",
                "allowed_origins",
            ] {
                assert_not_registered(deployment, field, url);
            }
        }
    })
    .await;
}

#[tokio::test]
async fn sec_024_no_wildcard_of_a_strict_third_party() {
    on_server(async |deployment| {
        let strict = ", is_first_party: false, third_party_security_mode: strict";
        for url in [
            "https://*.preview.example.test/cb",
            "https://{organization_name}.tenant.example.test/cb",
        ] {
            register(deployment, "callbacks", url, strict).assert_refused("callbacks");
            register(deployment, "callbacks", url, "").assert_success();
        }
        let plain = "https://pr-7.preview.example.test/cb";
        register(deployment, "callbacks", plain, strict).assert_success();
    })
    .await;
}

#[tokio::test]
async fn sec_028_nothing_that_looks_like_a_regular_expression() {
    on_server(async |deployment| {
        let expression = "https://app.example.test/cb.*";
        assert_not_registered(deployment, "callbacks", expression);
    })
    .await;
}
