//! Keeping track of what differs.

use doorward_proto::InvalidField;

use super::Entity;

/// The change of an optional setting.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Change<T> {
    /// It stays.
    #[default]
    Keep,
    /// It is absent from now on.
    Remove,
    /// It gets this value.
    Set(T),
}

impl<T> Change<T> {
    /// The new value, if there is one.
    pub(super) fn value(&self) -> Option<&T> {
        match self {
            Self::Set(value) => Some(value),
            Self::Keep | Self::Remove => None,
        }
    }
}

impl<T> From<Option<T>> for Change<T> {
    /// `None` keeps the setting.
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Keep, Self::Set)
    }
}

impl Change<String> {
    /// An empty text removes the setting.
    pub(crate) fn from_text(text: Option<String>) -> Self {
        match text {
            Some(text) if text.is_empty() => Self::Remove,
            text => text.into(),
        }
    }

    pub(super) fn text(&self) -> Option<&str> {
        self.value().map(String::as_str)
    }
}

/// Names of fields that got another value.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Fields(Vec<&'static str>);

impl Fields {
    /// Sets a field to the desired value, if there is one. Notes the field's name if that is another value.
    pub(super) fn set<T: PartialEq>(
        &mut self,
        name: &'static str,
        field: &mut T,
        desired: Option<T>,
    ) {
        if let Some(desired) = desired.filter(|desired| desired != field) {
            *field = desired;
            self.0.push(name);
        }
    }

    /// Like [`Fields::set`], for a field that may be absent.
    pub(super) fn change<T: PartialEq>(
        &mut self,
        name: &'static str,
        field: &mut Option<T>,
        change: Change<T>,
    ) {
        match change {
            Change::Keep => {}
            Change::Remove => self.set(name, field, Some(None)),
            Change::Set(value) => self.set(name, field, Some(Some(value))),
        }
    }

    /// The names, in the order of the changes.
    #[must_use]
    pub fn names(&self) -> &[&'static str] {
        &self.0
    }
}

/// [`Fields::set`] for each of the fields, which have the same name in object and patch.
macro_rules! set_all {
    ($fields:ident, $object:expr, $patch:ident: $($name:ident),* $(,)?) => {
        $($fields.set(stringify!($name), &mut $object.$name, $patch.$name);)*
    };
}

/// [`Fields::change`] for each of the fields, which have the same name in object and patch.
macro_rules! change_all {
    ($fields:ident, $object:expr, $patch:ident: $($name:ident),* $(,)?) => {
        $($fields.change(stringify!($name), &mut $object.$name, $patch.$name);)*
    };
}

pub(super) use {change_all, set_all};

/// An object with its changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft<T> {
    /// The object with its changes.
    pub object: T,
    /// Whether it is new.
    pub created: bool,
    /// Fields that differ from the stored object or, in a new object, from the defaults.
    pub fields: Fields,
    is_patched: bool,
}

impl<T> Draft<T> {
    pub(super) fn existing(object: T) -> Self {
        Self {
            object,
            created: false,
            fields: Fields::default(),
            is_patched: false,
        }
    }

    pub(super) fn new(object: T) -> Self {
        Self {
            created: true,
            ..Self::existing(object)
        }
    }

    /// Finds the draft that a patch is for, or adds one.
    pub(super) fn find_or_add(
        drafts: &mut Vec<Self>,
        is_meant: impl Fn(&T) -> bool,
        new: impl FnOnce() -> T,
    ) -> &mut Self {
        let found = drafts.iter().position(|draft| is_meant(&draft.object));
        let index = found.unwrap_or_else(|| {
            drafts.push(Self::new(new()));
            drafts.len() - 1
        });
        &mut drafts[index]
    }

    /// Refuses a second patch for the same object: the result would depend on their order.
    pub(super) fn patch_once(&mut self, entity: &Entity, field: &str) -> Result<(), InvalidField> {
        if std::mem::replace(&mut self.is_patched, true) {
            return Err(entity.invalid(field, "the same object is given twice"));
        }
        Ok(())
    }

    /// Whether there is anything to write.
    #[must_use]
    pub fn differs(&self) -> bool {
        self.created || !self.fields.names().is_empty()
    }
}
