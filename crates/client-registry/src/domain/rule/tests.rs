use super::*;

fn accepts(rule: impl Fn(&str) -> RuleResult, texts: &[&str]) {
    for text in texts {
        assert_eq!(rule(text), Ok(()), "{text}");
    }
}

fn refuses(rule: impl Fn(&str) -> RuleResult, texts: &[&str]) {
    for text in texts {
        assert!(rule(text).is_err(), "{text}");
    }
}

/// SEC-022: in any letter case, for any field that takes a URL.
const RUN_CODE: [&str; 6] = [
    "javascript:alert(1)",
    "JavaScript://a.test/%0aalert(1)",
    "data:text/html,<script>alert(1)</script>",
    "VBSCRIPT:x",
    "file:///etc/passwd",
    "java\tscript:alert(1)",
];

/// SEC-023.
const MISPLACED_WILDCARDS: [&str; 7] = [
    "https://*",
    "https://*.test",
    "https://*.*.a.test",
    "https://a.test:*",
    "https://a.test/*",
    "https://a.test/?b=*",
    "https://a.*.b.test",
];

#[test]
fn no_url_runs_code() {
    refuses(callback, &RUN_CODE);
    refuses(logout_url, &RUN_CODE);
    refuses(allowed_origin, &RUN_CODE);
    refuses(web_origin, &RUN_CODE);
    refuses(https_url, &RUN_CODE);
    refuses(web_url, &RUN_CODE);
    refuses(initiate_login_uri, &RUN_CODE);
}

#[test]
fn wildcards_have_one_place() {
    for rule in [callback, logout_url, allowed_origin, web_origin] {
        refuses(rule, &MISPLACED_WILDCARDS);
        accepts(
            rule,
            &[
                "https://*.preview.example.test",
                "https://pr-*.preview.example.test",
            ],
        );
    }
}

#[test]
fn an_organization_name_is_filled_in_callbacks_and_cors_only() {
    let entry = "https://{organization_name}.example.test";
    accepts(callback, &[entry]);
    accepts(allowed_origin, &[entry]);
    refuses(logout_url, &[entry]);
    refuses(web_origin, &[entry]);
}

#[test]
fn callbacks() {
    accepts(
        callback,
        &[
            "https://a.test/cb?x=y",
            "http://localhost:3000",
            "com.example.app://cb",
        ],
    );
    refuses(
        callback,
        &[
            "",
            "/cb",
            "https://a.test/cb#x",
            "https://u:p@a.test/cb",
            "https://a.test/ cb",
        ],
    );
    refuses(callback, &[&format!("https://a.test/{}", "x".repeat(2048))]);
}

/// SEC-007.
#[test]
fn names_of_an_answer_are_not_registered() {
    let entry = "https://a.test/cb?app=1&st%61te=x";
    for rule in [callback, logout_url] {
        let problem = rule(entry).unwrap_err();
        assert!(problem.contains(entry), "{problem}");
        assert!(problem.contains("parameter \"state\""), "{problem}");
        accepts(rule, &["https://a.test/cb?app=1&stated=x"]);
    }
    for rule in [login_page, initiate_login_uri, default_redirection_uri] {
        let entry = "https://a.test/login?%69ss=x";
        let problem = rule(entry).unwrap_err();
        assert!(problem.contains(entry), "{problem}");
        assert!(problem.contains("parameter \"iss\""), "{problem}");
        accepts(rule, &["https://a.test/login?state=x#iss=x"]);
    }
}

#[test]
fn origins() {
    accepts(
        web_origin,
        &[
            "https://a.test",
            "http://localhost:3000",
            "https://A.test:8443",
            "https://a.test/",
            "capacitor://localhost",
            "chrome-extension://abcdef",
        ],
    );
    refuses(
        web_origin,
        &[
            "a.test",
            "https://a.test/b",
            "https://a.test?b",
            "com.example.app:/cb",
            "javascript://a.test",
            "capacitor://",
            "capacitor://localhost/x",
            "null",
            "*",
            "",
        ],
    );
}

#[test]
fn other_urls() {
    accepts(
        https_url,
        &["https://a.test/logo.png?v=1#x", "https://a.test/*/{x}"],
    );
    refuses(
        https_url,
        &[
            "http://a.test/logo.png",
            "logo.png",
            "ftp://a.test/x",
            "https://",
            "https://*.example.test/logo.png",
            "https://{organization_name}.example.test/logo.png",
        ],
    );
    accepts(web_url, &["http://a.test/help", "https://a.test/help"]);
    refuses(web_url, &["mailto:help@a.test", "ftp://a.test/x"]);
    accepts(initiate_login_uri, &["https://a.test/login?x=y#z"]);
    refuses(
        initiate_login_uri,
        &[
            "http://a.test/login",
            "https://localhost/login",
            "https://LOCALHOST:3000/",
        ],
    );
    accepts(
        default_redirection_uri,
        &[
            "https://a.test/login?x=y#z",
            "http://localhost:3000/",
            "http://127.0.0.1/login",
            "http://[::1]:8080/u/invitation/start",
        ],
    );
    refuses(
        default_redirection_uri,
        &[
            "http://a.test/login",
            "http://localhost.a.test/",
            "http://10.0.0.1/",
            "http://localhost:3000/?iss=x",
        ],
    );
}

#[test]
fn texts() {
    accepts(name(5), &["a", "My Äp"]);
    refuses(name(5), &["", "sixsix", "<b>", "a>", "a\nb", "a\0"]);
    accepts(email, &["help@example.test"]);
    refuses(
        email,
        &["", "help", "@a.test", "help@", "a@b@c", "a b@c.test"],
    );
    accepts(scope, &["read:foo", "a"]);
    refuses(scope, &["", "read foo", "a\"b", "a\\b", "é"]);
    refuses(grant_type, &["", "two words"]);
}

#[test]
fn language_tags() {
    accepts(
        language_tag,
        &["en", "ja", "fr-CA", "zh-Hant-TW", "es-419", "sl-IT-nedis"],
    );
    refuses(
        language_tag,
        &[
            "",
            "e",
            "-",
            "en-",
            "-US",
            "en--US",
            "en_US",
            "english-uk-toolonged",
            "languages9",
            "é",
            "en US",
            "*",
            "a9",
            "en-a-b-c-d-e-f-g-h-i-j-k-l-m-n-o-p-q",
        ],
    );
}

#[test]
fn strict_applications_have_no_placeholders() {
    accepts(
        no_placeholder,
        &["https://a.test/cb", "com.example.app://cb"],
    );
    refuses(
        no_placeholder,
        &[
            "https://*.example.test/cb",
            "https://{organization_name}.example.test/cb",
        ],
    );
}
