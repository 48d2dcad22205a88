use super::*;

fn letter() -> Letter {
    Letter {
        language: "en",
        from_name: "Example".to_owned(),
        brand: Brand {
            name: "Acme".to_owned(),
            ..Brand::default()
        },
        subject: "An invitation".to_owned(),
        heading: "Welcome".to_owned(),
        paragraphs: vec!["Alice invites you.".to_owned()],
        button: Button {
            label: "Accept".to_owned(),
            copy_hint: "Or copy this link:".to_owned(),
            url: "https://app.example.test/login?a=1&b=2".to_owned(),
        },
        notes: vec!["It is for carol@example.test.".to_owned()],
    }
}

#[test]
fn both_contents_have_all_texts_and_the_link() {
    let mail = letter().into_mail("carol@example.test");
    assert_eq!(mail.link, "https://app.example.test/login?a=1&b=2");
    assert!(
        mail.text
            .contains("https://app.example.test/login?a=1&b=2\n")
    );
    let link = r#"href="https://app.example.test/login?a=1&#38;b=2""#;
    assert_eq!(mail.html.matches(link).count(), 2, "{}", mail.html);
    for text in [
        "Welcome",
        "Alice invites you.",
        "Accept",
        "carol@example.test",
    ] {
        assert!(mail.text.contains(text), "{}", mail.text);
        assert!(mail.html.contains(text), "{}", mail.html);
    }
    assert_eq!(
        (mail.from_name.as_str(), mail.subject.as_str()),
        ("Example", "An invitation")
    );
}

#[test]
fn texts_of_others_are_no_markup_and_no_lines() {
    let mut letter = letter();
    letter.from_name = "<b>Acme\r\n\r\nDear reader".to_owned();
    letter.brand.name = letter.from_name.clone();
    letter.paragraphs = vec!["<script>alert(1)</script>\r\n\r\nsecond".to_owned()];
    let mail = letter.into_mail("carol@example.test");
    assert!(
        !mail.html.contains("<b>") && !mail.html.contains("<script"),
        "{}",
        mail.html
    );
    assert!(!mail.text.contains("\nsecond"), "{}", mail.text);
    assert_eq!(mail.from_name, "<b>Acme Dear reader");
}

#[test]
fn lines_end_where_they_may_before_they_get_long() {
    let mut letter = letter();
    let part = "二十文字の長さの文をここで切ってもよい、";
    letter.paragraphs = vec![[part; 5].join("\u{200b}"), "切れない".repeat(30)];
    letter.language = "ja";
    let mail = letter.into_mail("carol@example.test");
    let lines: Vec<_> = mail.text.lines().skip(2).take(8).collect();
    let long = "切れない".repeat(30);
    let expected = [part, part, part, part, part, "", &long, ""];
    assert_eq!(lines, expected, "{}", mail.text);
    assert!(!mail.text.contains('\u{200b}'));
    assert_eq!(mail.html.matches('\u{200b}').count(), 4);
    assert_eq!(mail.html.matches("word-break:keep-all").count(), 2);
}

#[test]
fn short_parts_share_a_line() {
    assert_eq!(in_lines("短い、\u{200b}文。"), "短い、文。");
    let long = "x".repeat(60);
    let broken = in_lines(&format!("{long} \u{200b}{long}"));
    assert_eq!(broken, format!("{long}\n{long}"));
    assert_eq!(in_lines(&long.repeat(3)), long.repeat(3));
    assert_eq!(in_lines(""), "");
}

#[test]
fn the_look_is_that_of_the_brand_if_it_is_safe() {
    let mut letter = letter();
    letter.brand.primary_color = Some("#ffcc00".to_owned());
    letter.brand.page_background_color = Some("red;background:url(https://evil.test)".to_owned());
    letter.brand.logo_url = Some("https://cdn.example.test/logo.png?a=1&b=\"".to_owned());
    let html = letter.clone().into_mail("carol@example.test").html;
    assert!(
        html.contains("background:#ffcc00") && html.contains("color:#000000"),
        "{html}"
    );
    assert!(
        !html.contains("evil.test") && html.contains("background:#f3f5f4"),
        "{html}"
    );
    assert!(
        html.contains(r#"src="https://cdn.example.test/logo.png?a=1&#38;b=&#34;""#),
        "{html}"
    );

    letter.brand.logo_url = Some("http://cdn.example.test/logo.png".to_owned());
    assert!(!letter.into_mail("carol@example.test").html.contains("<img"));
}
