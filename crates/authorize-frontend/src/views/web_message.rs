//! `response_mode=web_message`: the answer as a message to the window that sent the request.

use serde_json::{Map, Value, json};

/// The answer page for silent authentication in an iframe, and for popups.
#[derive(askama::Template)]
#[template(path = "web_message.html")]
pub struct WebMessage<'a> {
    /// The registered origin, the only one that may receive the message.
    pub target_origin: &'a str,
    /// The answer's parameters.
    pub parameters: &'a [(&'a str, &'a str)],
    /// The nonce in the `Content-Security-Policy` of this answer.
    pub csp_nonce: &'a str,
}

impl WebMessage<'_> {
    fn message(&self) -> String {
        let response: Map<String, Value> = self
            .parameters
            .iter()
            .map(|&(name, value)| (name.to_owned(), json_value(name, value)))
            .collect();
        script_literal(&json!({ "type": "authorization_response", "response": response }))
    }

    fn target(&self) -> String {
        // mutant: web-message-target-is-everyone
        script_literal(&Value::from(self.target_origin))
    }
}

/// `expires_in` is a number in JSON (RFC 6749 §5.1), all others are strings.
fn json_value(name: &str, value: &str) -> Value {
    match value.parse::<u64>() {
        Ok(seconds) if name == "expires_in" => seconds.into(),
        _ => value.into(),
    }
}

/// JSON for a script: escapes the characters that could end the script element or a line. They occur only inside
/// strings.
fn script_literal(value: &Value) -> String {
    // mutant: script-literal-not-escaped
    let mut literal = value.to_string();
    for (character, escape) in [
        ('<', "\\u003c"),
        ('>', "\\u003e"),
        ('&', "\\u0026"),
        ('\u{2028}', "\\u2028"),
        ('\u{2029}', "\\u2029"),
    ] {
        literal = literal.replace(character, escape);
    }
    literal
}

#[cfg(test)]
mod tests {
    use super::*;

    const STATE: &str = "</script><script>alert(1)</script>&\u{2028}\u{2029}\"\\'<!--";

    fn render(parameters: &[(&str, &str)]) -> String {
        WebMessage {
            target_origin: "https://app.example.test",
            parameters,
            csp_nonce: "r4nd0m",
        }
        .to_string()
    }

    /// SEC-058.
    #[test]
    fn no_value_ends_the_script() {
        let html = render(&[("state", STATE)]);
        let script = html.split_once("<script nonce=\"r4nd0m\">").unwrap().1;
        let script = script.split_once("</script>").unwrap().0;
        assert!(!script.contains(['<', '>', '\u{2028}', '\u{2029}']));
        assert!(html.trim_end().ends_with("</script>\n</body>\n</html>"));
        let json = script
            .split_once("})(")
            .unwrap()
            .1
            .split_once(", \"https:")
            .unwrap()
            .0;
        let message: Value = serde_json::from_str(json).unwrap();
        assert_eq!(message["response"]["state"], STATE);
    }

    #[test]
    fn one_message_goes_to_one_origin() {
        let html = render(&[
            ("access_token", "abc"),
            ("expires_in", "7200"),
            ("state", "7200"),
        ]);
        assert_eq!(html.matches("postMessage(").count(), 1);
        assert!(html.contains(", \"https://app.example.test\");") && !html.contains("\"*\""));
        for part in [
            "\"type\":\"authorization_response\"",
            "\"expires_in\":7200",
            "\"state\":\"7200\"",
        ] {
            assert!(html.contains(part), "{part}");
        }
    }
}
