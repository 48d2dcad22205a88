//! Colors of an organization in mails.

use std::fmt;

/// A color as `#` and six hexadecimal digits. Nothing else can get into a style.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Color([u8; 3]);

impl Color {
    pub(super) const WHITE: Self = Self([0xff; 3]);
    pub(super) const BLACK: Self = Self([0; 3]);
    /// The accent of the hosted pages.
    pub(super) const ACCENT: Self = Self([0x14, 0x66, 0x5a]);
    /// The ground of the hosted pages.
    pub(super) const GROUND: Self = Self([0xf3, 0xf5, 0xf4]);

    pub(super) fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('#')?;
        // `from_str_radix` accepts a sign.
        if digits.len() != 6 || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return None;
        }
        let channel = |at: usize| u8::from_str_radix(&digits[at..at + 2], 16).ok();
        Some(Self([channel(0)?, channel(2)?, channel(4)?]))
    }

    /// White or black, whichever is easier to read on this color.
    pub(super) fn readable_text(self) -> Self {
        if self.contrast(Self::WHITE) >= self.contrast(Self::BLACK) {
            Self::WHITE
        } else {
            Self::BLACK
        }
    }

    /// The contrast ratio (WCAG 2.2, *contrast ratio*).
    pub(super) fn contrast(self, other: Self) -> f64 {
        let (one, two) = (self.luminance(), other.luminance());
        (one.max(two) + 0.05) / (one.min(two) + 0.05)
    }

    /// WCAG 2.2, *relative luminance*.
    fn luminance(self) -> f64 {
        let [red, green, blue] = self.0.map(linear);
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }
}

fn linear(channel: u8) -> f64 {
    let part = f64::from(channel) / 255.0;
    if part <= 0.04045 {
        part / 12.92
    } else {
        ((part + 0.055) / 1.055).powf(2.4)
    }
}

impl fmt::Display for Color {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [red, green, blue] = self.0;
        write!(f, "#{red:02x}{green:02x}{blue:02x}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_six_digits_are_a_color() {
        assert_eq!(Color::parse("#14665A"), Some(Color::ACCENT));
        for bad in [
            "", "#", "14665a", "#14665", "#14665g", "#+1+2+3", "#14665a;", "red", "#1é33",
        ] {
            assert_eq!(Color::parse(bad), None, "{bad}");
        }
        assert_eq!(Color::ACCENT.to_string(), "#14665a");
    }

    #[test]
    fn text_is_readable_on_every_color() {
        for [red, green, blue] in [
            [0; 3],
            [255; 3],
            [0x14, 0x66, 0x5a],
            [255, 230, 0],
            [128; 3],
        ] {
            let color = Color([red, green, blue]);
            assert!(color.contrast(color.readable_text()) >= 4.5, "{color}");
        }
    }
}
