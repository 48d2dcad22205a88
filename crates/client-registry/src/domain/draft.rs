//! Keeping track of what differs.

use doorward_proto::InvalidField;

use super::Object;

/// Names of fields that got another value.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Fields(Vec<&'static str>);

impl Fields {
    /// Gives a field its wanted value, if there is one, and notes whether that differs.
    pub(super) fn set<T: PartialEq>(
        &mut self,
        name: &'static str,
        field: &mut T,
        wanted: Option<T>,
    ) {
        if let Some(wanted) = wanted.filter(|wanted| wanted != field) {
            *field = wanted;
            self.0.push(name);
        }
    }

    /// The names, in the order of the changes.
    #[must_use]
    pub fn names(&self) -> &[&'static str] {
        &self.0
    }
}

/// [`Fields::set`] for fields that object and patch call the same.
macro_rules! set_all {
    ($fields:ident, $object:ident, $patch:ident: $($name:ident),* $(,)?) => {
        $($fields.set(stringify!($name), &mut $object.$name, $patch.$name);)*
    };
}

pub(super) use set_all;

/// An object on its way from how it is to how it shall be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft<T> {
    /// The object as it shall be.
    pub object: T,
    /// It did not exist before.
    pub created: bool,
    /// What differs from before; of a new object, from its defaults.
    pub fields: Fields,
    named: bool,
}

impl<T> Draft<T> {
    pub(super) fn existing(object: T) -> Self {
        Self {
            object,
            created: false,
            fields: Fields::default(),
            named: false,
        }
    }

    pub(super) fn new(object: T) -> Self {
        Self {
            created: true,
            ..Self::existing(object)
        }
    }

    /// The draft that a patch is for, which is made when there is none.
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

    /// Refuses a second patch for the same object: which of the two counts would depend on their order.
    pub(super) fn name_once(&mut self, object: &Object, field: &str) -> Result<(), InvalidField> {
        if std::mem::replace(&mut self.named, true) {
            return Err(object.invalid(field, "the same object is given twice"));
        }
        Ok(())
    }

    /// Whether there is anything to write.
    #[must_use]
    pub fn differs(&self) -> bool {
        self.created || !self.fields.names().is_empty()
    }
}
