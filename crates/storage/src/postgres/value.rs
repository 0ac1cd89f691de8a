//! Values on their way into and out of PostgreSQL, by the type of the column.

use std::{error, fmt, sync::Arc};

use bytes::BytesMut;
use kernel::{Error, Result};
use tokio_postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};

use crate::{Row, Value, value::Columns};

type Refusal = Box<dyn error::Error + Sync + Send>;

/// A value bound to a parameter.
pub(super) struct Bound<'a>(&'a Value);

/// The values of a statement.
pub(super) fn bound(args: &[Value]) -> Vec<Bound<'_>> {
    args.iter().map(Bound).collect()
}

/// The driver logs parameters when it is asked to; ours may be personal.
impl fmt::Debug for Bound<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

impl ToSql for Bound<'_> {
    fn to_sql(&self, column: &Type, out: &mut BytesMut) -> Result<IsNull, Refusal> {
        match (self.0, column) {
            (Value::Null, _) => Ok(IsNull::Yes),
            (Value::Int(it), &Type::INT8) => it.to_sql(column, out),
            (Value::Int(it), &Type::INT4) => i32::try_from(*it)?.to_sql(column, out),
            (Value::Int(it), &Type::INT2) => i16::try_from(*it)?.to_sql(column, out),
            (Value::Int(it), &Type::BOOL) => (*it != 0).to_sql(column, out),
            (Value::Real(it), &Type::FLOAT8) => it.to_sql(column, out),
            (Value::Text(it), &Type::TEXT | &Type::VARCHAR | &Type::NAME | &Type::UNKNOWN) => it.to_sql(column, out),
            // A list ([`crate::each`]).
            (Value::Text(it), &Type::JSON) => it.to_sql(&Type::TEXT, out),
            (Value::Blob(it), &Type::BYTEA) => it.to_sql(column, out),
            (given, _) => Err(format!("{} for a parameter of type {column}", kind(given)).into()),
        }
    }

    /// What does not fit is told apart in `to_sql`, where the value is at hand.
    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Int(_) => "a number",
        Value::Real(_) => "a fraction",
        Value::Text(_) => "a text",
        Value::Blob(_) => "bytes",
    }
}

/// A value on its way out.
struct Found(Value);

impl<'a> FromSql<'a> for Found {
    fn from_sql(column: &Type, raw: &'a [u8]) -> Result<Self, Refusal> {
        Ok(Self(match *column {
            Type::INT8 => Value::Int(i64::from_sql(column, raw)?),
            Type::INT4 => Value::Int(i32::from_sql(column, raw)?.into()),
            Type::INT2 => Value::Int(i16::from_sql(column, raw)?.into()),
            Type::BOOL => Value::Int(bool::from_sql(column, raw)?.into()),
            Type::FLOAT8 => Value::Real(f64::from_sql(column, raw)?),
            Type::BYTEA => Value::Blob(Vec::from_sql(column, raw)?),
            Type::TEXT | Type::VARCHAR | Type::NAME | Type::UNKNOWN => Value::Text(String::from_sql(column, raw)?),
            _ => return Err(format!("a column of type {column}: CAST it to BIGINT or TEXT in the statement").into()),
        }))
    }

    fn from_sql_null(_: &Type) -> Result<Self, Refusal> {
        Ok(Self(Value::Null))
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

/// The driver's rows as ours.
pub(super) fn rows(statement: &str, found: &[tokio_postgres::Row]) -> Result<Vec<Row>> {
    let Some(first) = found.first() else { return Ok(Vec::new()) };
    let columns = Arc::new(Columns::new(first.columns().iter().map(|column| column.name().to_owned())));
    let row = |row: &tokio_postgres::Row| {
        let value = |column| row.try_get::<_, Found>(column).map(|it| it.0);
        let values: Result<Vec<_>, _> = (0..row.len()).map(value).collect();
        let values = values.map_err(|error| Error::internal(format!("{statement}: {error}")))?;
        Ok(Row::new(Arc::clone(&columns), values))
    };
    found.iter().map(row).collect()
}
