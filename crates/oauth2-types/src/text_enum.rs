//! Enums whose values have a fixed spelling, as settings and parameters do.

/// A value that is none of those an enum knows.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{value:?} is not supported; it may be {}", known.join(", "))]
pub struct UnknownValue {
    value: String,
    known: &'static [&'static str],
}

impl UnknownValue {
    /// `known` lists every value that was possible, in the order to print them.
    #[must_use]
    pub fn new(value: &str, known: &'static [&'static str]) -> Self {
        Self {
            value: value.to_owned(),
            known,
        }
    }

    /// Every value that was possible.
    #[must_use]
    pub fn known(&self) -> &'static [&'static str] {
        self.known
    }
}

/// Defines an enum, its spelling (`as_str`, `Display`) and its parser (`FromStr`, with [`UnknownValue`] as error).
/// Serde reads and writes the same spelling. Attributes are kept: add `#[derive(Default)]` where one value is the
/// default.
///
/// ```
/// doorward_oauth2_types::text_enum! {
///     /// How to greet.
///     pub enum Greeting {
///         /// In the morning.
///         Morning = "good_morning",
///         /// At any time.
///         Hello = "hello",
///     }
/// }
/// assert_eq!("hello".parse(), Ok(Greeting::Hello));
/// let error = "bye".parse::<Greeting>().unwrap_err();
/// assert_eq!(error.to_string(), r#""bye" is not supported; it may be good_morning, hello"#);
/// ```
#[macro_export]
macro_rules! text_enum {
    ($(#[$meta:meta])* $vis:vis enum $name:ident { $($(#[$variant_meta:meta])* $variant:ident = $text:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        $vis enum $name {
            $($(#[$variant_meta])* $variant,)+
        }

        impl $name {
            /// Every value, in the order of its definition.
            $vis const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The value as requests, settings and tokens spell it.
            #[must_use]
            $vis const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)+
                }
            }
        }

        impl ::std::str::FromStr for $name {
            type Err = $crate::UnknownValue;

            fn from_str(value: &str) -> Result<Self, Self::Err> {
                match value {
                    $($text => Ok(Self::$variant),)+
                    _ => Err($crate::UnknownValue::new(value, &[$($text),+])),
                }
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl $crate::serde::Serialize for $name {
            fn serialize<S: $crate::serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> $crate::serde::Deserialize<'de> for $name {
            fn deserialize<D: $crate::serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let value = <::std::string::String as $crate::serde::Deserialize>::deserialize(deserializer)?;
                value.parse().map_err($crate::serde::de::Error::custom)
            }
        }
    };
}

#[cfg(test)]
mod tests {
    text_enum! {
        /// For the tests.
        #[derive(Default)]
        enum Fruit {
            /// Red.
            Apple = "apple",
            /// Yellow.
            #[default]
            SweetPear = "sweet_pear",
        }
    }

    #[test]
    fn every_value_is_read_as_it_is_written() {
        for fruit in Fruit::ALL {
            assert_eq!(fruit.to_string().parse(), Ok(*fruit));
        }
        assert_eq!(Fruit::default().as_str(), "sweet_pear");
    }

    #[test]
    fn an_unknown_value_is_named_with_the_known_ones() {
        for (value, quoted) in [
            ("", r#""""#),
            ("Apple", r#""Apple""#),
            ("pear ", r#""pear ""#),
        ] {
            let error = value.parse::<Fruit>().unwrap_err();
            let expected = format!("{quoted} is not supported; it may be apple, sweet_pear");
            assert_eq!(error.to_string(), expected);
            assert_eq!(error.known(), ["apple", "sweet_pear"]);
        }
    }

    #[test]
    fn serde_uses_the_same_spelling() {
        assert_eq!(
            serde_json::to_value(Fruit::SweetPear).unwrap(),
            "sweet_pear"
        );
        assert_eq!(
            serde_json::from_str::<Fruit>(r#""apple""#).unwrap(),
            Fruit::Apple
        );
        assert!(serde_json::from_str::<Fruit>(r#""plum""#).is_err());
    }
}
