//! The colors of an organization: a stylesheet that is made from two checked colors, at an address that names them. The
//! content security policy allows no inline styles, and needs no exception for it.

use doorward_service_kit::token_hash;

/// The ground of cards in assets/doorward.css, in its light and its dark scheme.
const LIGHT_CARD: Color = Color([0xff, 0xff, 0xff]);
const DARK_CARD: Color = Color([0x18, 0x1f, 0x1d]);
/// Text on the page's ground in the light scheme.
const QUIET: Color = Color([0x56, 0x62, 0x5e]);
const BLACK: Color = Color([0, 0, 0]);
const WHITE: Color = Color([0xff, 0xff, 0xff]);
/// Least contrast of text (WCAG 2.2, 1.4.3), and of the edge of a button (1.4.11).
const TEXT_CONTRAST: f64 = 4.5;
const EDGE_CONTRAST: f64 = 3.0;
/// Small windows show the card alone, without the page's ground. The ground of an organization is shown around it.
const GROUND_OF_SMALL_WINDOWS: &str = "\
@media (max-width: 30rem) and (prefers-color-scheme: light) {
  body { padding: 0.75rem 0.75rem 1.5rem; background: var(--ground); }
  footer { color: var(--on-ground); }
  .card { padding-bottom: 1.75rem; border-radius: 1rem; }
}
";
/// Stands in an address for a color that is not set.
const NONE: &str = "none";
const PARTS: u16 = 20;

/// An opaque sRGB color.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Color([u8; 3]);

impl Color {
    /// Reads `#` and six hexadecimal digits.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        text.strip_prefix('#').and_then(Self::from_digits)
    }

    fn from_digits(digits: &str) -> Option<Self> {
        if digits.len() != 6 || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        let value = u32::from_str_radix(digits, 16).ok()?;
        let [_, red, green, blue] = value.to_be_bytes();
        Some(Self([red, green, blue]))
    }

    fn digits(self) -> String {
        let [red, green, blue] = self.0;
        format!("{red:02x}{green:02x}{blue:02x}")
    }

    /// Relative luminance (WCAG 2.2).
    fn luminance(self) -> f64 {
        let linear = self.0.map(|channel| {
            let channel = f64::from(channel) / 255.0;
            if channel <= 0.04045 {
                channel / 12.92
            } else {
                ((channel + 0.055) / 1.055).powf(2.4)
            }
        });
        let [red, green, blue] = linear;
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }

    fn contrast(self, other: Self) -> f64 {
        let (one, two) = (self.luminance(), other.luminance());
        (one.max(two) + 0.05) / (one.min(two) + 0.05)
    }

    /// A mixture with this many twentieths of the other color.
    fn mixed(self, other: Self, twentieths: u16) -> Self {
        let mut mixture = self.0;
        for (own, others) in mixture.iter_mut().zip(other.0) {
            let sum = u16::from(*own) * (PARTS - twentieths) + u16::from(others) * twentieths;
            *own = u8::try_from(sum / PARTS).unwrap_or(u8::MAX);
        }
        Self(mixture)
    }

    /// Black or white, whichever is easier to read on it.
    fn text_on(self) -> Self {
        if self.contrast(WHITE) >= self.contrast(BLACK) {
            WHITE
        } else {
            BLACK
        }
    }

    /// The nearest color that can be read on `ground`.
    fn readable_on(self, ground: Self) -> Self {
        let target = ground.text_on();
        let mut nearest = (0..=PARTS).map(|twentieths| self.mixed(target, twentieths));
        nearest
            .find(|color| color.contrast(ground) >= TEXT_CONTRAST)
            .unwrap_or(target)
    }

    /// A little nearer to the color of text on it: for a button under the pointer.
    fn pressed(self) -> Self {
        self.mixed(
            if self.text_on() == WHITE {
                BLACK
            } else {
                WHITE
            },
            4,
        )
    }
}

/// The colors of a page that differ from Doorward's own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Colors {
    /// Buttons, links and marks.
    pub primary: Option<Color>,
    /// The ground of the page, in the light scheme.
    pub page_background: Option<Color>,
}

impl Colors {
    /// The path of their stylesheet; `None`: no color differs.
    #[must_use]
    pub fn path(self) -> Option<String> {
        if self == Self::default() {
            return None;
        }
        let digits = |color: Option<Color>| color.map_or(NONE.to_owned(), Color::digits);
        let (primary, ground) = (digits(self.primary), digits(self.page_background));
        let hash = token_hash(&self.stylesheet());
        let version = hash.get(..12).unwrap_or_default();
        Some(format!(
            "/u/assets/colors/{primary}-{ground}.css?v={version}"
        ))
    }

    /// The colors in the last segment of a path.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        let (primary, ground) = name.strip_suffix(".css")?.split_once('-')?;
        let color = |digits: &str| match digits {
            NONE => Some(None),
            digits => Color::from_digits(digits).map(Some),
        };
        Some(Self {
            primary: color(primary)?,
            page_background: color(ground)?,
        })
    }

    /// Their stylesheet, which follows assets/doorward.css.
    #[must_use]
    pub fn stylesheet(self) -> String {
        let light = self.scheme(LIGHT_CARD) + &self.ground();
        let dark = self.scheme(DARK_CARD);
        let small = match self.page_background {
            Some(_) => GROUND_OF_SMALL_WINDOWS,
            None => "",
        };
        format!(
            "@media (prefers-color-scheme: light) {{ :root {{ {light}}} }}\n\
             @media (prefers-color-scheme: dark) {{ :root {{ {dark}}} }}\n{small}"
        )
    }

    /// The variables that depend on the primary color.
    fn scheme(self, card: Color) -> String {
        let Some(primary) = self.primary else {
            return String::new();
        };
        let accent = primary.readable_on(card);
        let strong = accent.mixed(card.text_on(), 4);
        let line = if primary.contrast(card) < EDGE_CONTRAST {
            "var(--field-line)"
        } else {
            "transparent"
        };
        let colors = [
            ("accent", accent),
            ("accent-strong", strong),
            ("button", primary),
            ("button-strong", primary.pressed()),
            ("on-button", primary.text_on()),
        ];
        let colors = colors.map(|(name, color)| format!("--{name}: #{}; ", color.digits()));
        format!("{}--button-line: {line}; ", colors.concat())
    }

    fn ground(self) -> String {
        let Some(ground) = self.page_background else {
            return String::new();
        };
        let text = QUIET.readable_on(ground);
        let (ground, text) = (ground.digits(), text.digits());
        format!("--ground: #{ground}; --on-ground: #{text}; ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::views::Asset;

    fn color(text: &str) -> Color {
        Color::parse(text).unwrap()
    }

    #[test]
    fn only_six_digits_are_a_color() {
        assert_eq!(color("#0a6EFF").digits(), "0a6eff");
        for bad in [
            "", "#", "0a6eff", "#0a6ef", "#0a6efff", "#0a6egg", "#+a6eff", "red", "#0a6eff;",
        ] {
            assert_eq!(Color::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn contrasts_of_the_specification() {
        assert!((BLACK.contrast(WHITE) - 21.0).abs() < 1e-9);
        assert!((color("#777777").contrast(WHITE) - 4.48).abs() < 0.01);
    }

    /// Whatever an organization chooses, text stays readable.
    #[test]
    fn text_on_every_color_is_readable() {
        let steps = [0x00, 0x33, 0x66, 0x99, 0xcc, 0xff];
        for red in steps {
            for green in steps {
                for blue in steps {
                    let primary = Color([red, green, blue]);
                    for card in [LIGHT_CARD, DARK_CARD] {
                        let accent = primary.readable_on(card);
                        assert!(accent.contrast(card) >= TEXT_CONTRAST, "{primary:?}");
                        let strong = accent.mixed(card.text_on(), 4);
                        assert!(strong.contrast(card) >= TEXT_CONTRAST, "{primary:?}");
                    }
                    let on_button = primary.text_on();
                    for button in [primary, primary.pressed()] {
                        assert!(on_button.contrast(button) >= TEXT_CONTRAST, "{primary:?}");
                    }
                    let on_ground = QUIET.readable_on(primary);
                    assert!(on_ground.contrast(primary) >= TEXT_CONTRAST, "{primary:?}");
                }
            }
        }
    }

    #[test]
    fn a_readable_color_stays_as_it_is() {
        let primary = color("#14665a");
        assert_eq!(primary.readable_on(LIGHT_CARD), primary);
        assert_ne!(primary.readable_on(DARK_CARD), primary);
    }

    #[test]
    fn the_address_names_the_colors() {
        let (one, two) = (Some(color("#123456")), Some(color("#abcdef")));
        for (primary, page_background, expected) in [
            (one, two, "/u/assets/colors/123456-abcdef.css?v="),
            (one, None, "/u/assets/colors/123456-none.css?v="),
            (None, two, "/u/assets/colors/none-abcdef.css?v="),
        ] {
            let colors = Colors {
                primary,
                page_background,
            };
            let path = colors.path().unwrap();
            assert!(path.starts_with(expected), "{path}");
            let (_, name) = path.rsplit_once('/').unwrap();
            let (name, _) = name.split_once('?').unwrap();
            assert_eq!(Colors::from_name(name), Some(colors));
        }
        assert_eq!(Colors::default().path(), None);
        for bad in [
            "",
            "123456.css",
            "123456-12345.css",
            "123456-abcdef",
            "}-{.css",
        ] {
            assert_eq!(Colors::from_name(bad), None, "{bad}");
        }
    }

    #[test]
    fn only_a_ground_of_its_own_is_seen_on_small_windows() {
        let colors = |page_background| Colors {
            primary: Some(color("#123456")),
            page_background,
        };
        let small = "@media (max-width: 30rem) and (prefers-color-scheme: light)";
        let with = colors(Some(color("#abcdef"))).stylesheet();
        assert!(with.contains(small) && with.contains("--ground: #abcdef;"));
        assert!(!colors(None).stylesheet().contains(small));
    }

    #[test]
    fn the_grounds_are_those_of_the_stylesheet() {
        let body = Asset::stylesheet().body;
        for (name, color) in [("card", LIGHT_CARD), ("card", DARK_CARD), ("quiet", QUIET)] {
            let variable = format!("--{name}: #{};", color.digits());
            assert!(body.contains(&variable), "{variable}");
        }
    }
}
