//! [`TypeSet`]: what is known about the type of a value before the query runs.

use super::Value;

/// A set of value types. Null belongs to every type and is not listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TypeSet(u16);

macro_rules! types {
    ($($name:ident = $bit:expr, $text:expr;)*) => {
        impl TypeSet {
            $(pub const $name: TypeSet = TypeSet(1 << $bit);)*
            const NAMES: &[(TypeSet, &str)] = &[$((TypeSet::$name, $text)),*];
        }
    };
}

types! {
    BOOLEAN = 0, "Boolean";
    INTEGER = 1, "Integer";
    FLOAT = 2, "Float";
    STRING = 3, "String";
    LIST = 4, "List";
    MAP = 5, "Map";
    NODE = 6, "Node";
    RELATIONSHIP = 7, "Relationship";
    PATH = 8, "Path";
    DATE = 9, "Date";
    LOCAL_TIME = 10, "LocalTime";
    TIME = 11, "Time";
    LOCAL_DATE_TIME = 12, "LocalDateTime";
    DATE_TIME = 13, "DateTime";
    DURATION = 14, "Duration";
    POINT = 15, "Point";
}

impl TypeSet {
    /// Nothing but null.
    pub const NULL: TypeSet = TypeSet(0);
    pub const ANY: TypeSet = TypeSet(u16::MAX);
    pub const NUMBER: TypeSet = TypeSet::INTEGER.or(TypeSet::FLOAT);
    pub const ENTITY: TypeSet = TypeSet::NODE.or(TypeSet::RELATIONSHIP);
    pub const INSTANT: TypeSet =
        TypeSet::DATE.or(TypeSet::LOCAL_TIME).or(TypeSet::TIME).or(TypeSet::LOCAL_DATE_TIME).or(TypeSet::DATE_TIME);
    pub const TEMPORAL: TypeSet = TypeSet::INSTANT.or(TypeSet::DURATION);

    pub const fn or(self, other: TypeSet) -> TypeSet {
        TypeSet(self.0 | other.0)
    }

    pub const fn and(self, other: TypeSet) -> TypeSet {
        TypeSet(self.0 & other.0)
    }

    pub const fn without(self, other: TypeSet) -> TypeSet {
        TypeSet(self.0 & !other.0)
    }

    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether a value of this type could be one of the other: null can be anything.
    pub const fn may_be(self, other: TypeSet) -> bool {
        self.is_empty() || !self.and(other).is_empty()
    }

    /// Whether every value of this type is one of the other.
    pub const fn is_within(self, other: TypeSet) -> bool {
        self.without(other).is_empty()
    }

    pub fn of(value: &Value) -> TypeSet {
        match value {
            Value::Null => TypeSet::NULL,
            Value::Boolean(_) => TypeSet::BOOLEAN,
            Value::Integer(_) => TypeSet::INTEGER,
            Value::Float(_) => TypeSet::FLOAT,
            Value::String(_) => TypeSet::STRING,
            Value::List(_) => TypeSet::LIST,
            Value::Map(_) => TypeSet::MAP,
            Value::Node(_) => TypeSet::NODE,
            Value::Relationship(_) => TypeSet::RELATIONSHIP,
            Value::Path(_) => TypeSet::PATH,
            Value::Date(_) => TypeSet::DATE,
            Value::LocalTime(_) => TypeSet::LOCAL_TIME,
            Value::Time(_) => TypeSet::TIME,
            Value::LocalDateTime(_) => TypeSet::LOCAL_DATE_TIME,
            Value::DateTime(_) => TypeSet::DATE_TIME,
            Value::Duration(_) => TypeSet::DURATION,
            Value::Point(_) => TypeSet::POINT,
        }
    }
}

impl std::fmt::Display for TypeSet {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        let text = match *self {
            TypeSet::NULL => "Null".to_string(),
            TypeSet::ANY => "Any".to_string(),
            TypeSet::NUMBER => "Number".to_string(),
            set => {
                let names = TypeSet::NAMES.iter().filter(|(t, _)| !t.and(set).is_empty()).map(|(_, name)| *name);
                names.collect::<Vec<_>>().join(" or ")
            }
        };
        f.pad(&text)
    }
}
