use super::*;

fn mail() -> Mail {
    Mail {
        to: "carol@example.test".to_owned(),
        from_name: String::new(),
        subject: "An invitation".to_owned(),
        text: "Hello\n".to_owned(),
        html: "<p>Hello</p>".to_owned(),
        link: String::new(),
        useless_after: None,
    }
}

fn message(mail: Mail) -> Result<Message, &'static str> {
    let created_at = Timestamp::constant(1_767_323_045, 0);
    let sender = parse_sender("Doorward <login@example.test>").unwrap();
    Message::new(
        mail,
        ("0123456789abcdefABCDEF".to_owned(), created_at),
        &sender,
    )
}

fn text(mail: Mail) -> String {
    String::from_utf8(message(mail).unwrap().bytes).unwrap()
}

fn headers(mail: Mail) -> Vec<String> {
    let text = text(mail);
    let (headers, _) = text.split_once("\r\n\r\n").unwrap();
    let unfolded = headers.replace("\r\n ", " ");
    unfolded.split("\r\n").map(str::to_owned).collect()
}

#[test]
fn headers_are_the_same_at_each_attempt() {
    assert_eq!(
        headers(mail()),
        [
            "From: Doorward <login@example.test>",
            "To: carol@example.test",
            "Subject: An invitation",
            "Date: Fri, 02 Jan 2026 03:04:05 +0000",
            "Message-ID: <0123456789abcdefABCDEF@example.test>",
            "Auto-Submitted: auto-generated",
            "MIME-Version: 1.0",
            "Content-Type: multipart/alternative; boundary=\"0123456789abcdefABCDEF\"",
        ]
    );
    assert_eq!(text(mail()), text(mail()));
}

#[test]
fn text_outside_ascii_is_encoded() {
    let japanese = Mail {
        from_name: "アクメ株式会社".to_owned(),
        subject: "アリスさんからの招待 — ようこそ、とても長い件名でも折り返されます".to_owned(),
        text: "こんにちは\n".to_owned(),
        html: "<p>こんにちは</p>".to_owned(),
        ..mail()
    };
    let text = text(japanese);
    assert!(text.is_ascii());
    assert!(text.contains("Subject: =?utf-8?b?"), "{text}");
    assert!(text.split("\r\n").all(|line| line.len() <= 998));
}

#[test]
fn sec_136_names_and_subjects_add_no_header() {
    for evil in [
        "\r\nBcc: eve@example.test",
        "\nX-Evil: 1",
        "a\r\n\r\nbody",
        "\u{0}\u{85}\u{2028}x",
    ] {
        let poisoned = Mail {
            from_name: format!("Acme{evil}"),
            subject: format!("Hello{evil}"),
            ..mail()
        };
        let names: Vec<_> = headers(poisoned.clone())
            .iter()
            .map(|header| header.split(':').next().unwrap().to_owned())
            .collect();
        let expected = [
            "From",
            "To",
            "Subject",
            "Date",
            "Message-ID",
            "Auto-Submitted",
            "MIME-Version",
            "Content-Type",
        ];
        assert_eq!(names, expected, "{evil:?}");
        assert_eq!(
            poisoned
                .clean_subject()
                .chars()
                .filter(|it| it.is_control())
                .count(),
            0
        );
        assert_eq!(
            poisoned
                .clean_from_name()
                .chars()
                .filter(|it| it.is_control())
                .count(),
            0
        );
    }
}

#[test]
fn sec_136_addresses_with_line_breaks_are_refused() {
    for evil in [
        "carol@example.test\r\nBcc: eve@example.test",
        "carol\r\n@example.test",
        "\"carol\r\n\"@example.test",
        "carol@example.test\n",
        "carol@example.test, eve@example.test",
        "carol@example.test> <eve@example.test",
        "carol",
        "",
    ] {
        let poisoned = Mail {
            to: evil.to_owned(),
            ..mail()
        };
        assert!(message(poisoned).is_err(), "{evil:?}");
    }
}

#[test]
fn domains_are_sent_in_ascii() {
    assert_eq!(
        parse_address("carol@例え.test").unwrap().to_string(),
        "carol@xn--r8jz45g.test"
    );
}

#[test]
fn senders() {
    for (text, name, address) in [
        ("login@example.test", None, "login@example.test"),
        (
            "Doorward <login@example.test>",
            Some("Doorward"),
            "login@example.test",
        ),
        (
            " \"A, B\" <login@example.test> ",
            Some("A, B"),
            "login@example.test",
        ),
        ("<login@localhost>", None, "login@localhost"),
        (
            "Doorward <doorward@127.0.0.1>",
            Some("Doorward"),
            "doorward@127.0.0.1",
        ),
    ] {
        let sender = parse_sender(text).unwrap();
        assert_eq!(
            (sender.name.as_deref(), sender.email.to_string().as_str()),
            (name, address)
        );
    }
    for bad in [
        "",
        "Doorward",
        "Doorward <>",
        "a@b@c <x>",
        "login@",
        "<login@example.test",
    ] {
        assert!(parse_sender(bad).is_none(), "{bad}");
    }
}
