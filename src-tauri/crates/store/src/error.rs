//! What can go wrong with the file, told apart by what a person can do about it.

/// Why the store could not do something. Nothing of the operation was written, unless the variant says otherwise.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// `SQLITE_FULL`: free some space and try again.
    #[error("the disk is full: nothing can be saved until there is space again")]
    DiskFull,
    /// `SQLITE_READONLY`: the file, its folder or the disk may not be written.
    #[error("the history file cannot be written: it is read-only")]
    ReadOnly,
    /// `SQLITE_CORRUPT`, `SQLITE_NOTADB`, or content that no version of Confab writes. The file is left as it is.
    #[error("the history file is damaged: {detail}")]
    Damaged { detail: String },
    /// `SQLITE_BUSY`, `SQLITE_LOCKED`: another process kept the file locked for longer than the wait.
    #[error("the history file is in use by another program")]
    Busy,
    /// A newer version of Confab has changed the file. It is left as it is.
    #[error("the history file was written by a newer version of Confab")]
    TooNew,
    /// The file cannot be opened or made: missing folder, no permission.
    #[error("the history file cannot be opened: {detail}")]
    Inaccessible { detail: String },
    /// Input or output failed below the file system.
    #[error("the disk failed: {detail}")]
    Disk { detail: String },
    /// What the operation names is not there.
    #[error("there is no such {0}")]
    Unknown(&'static str),
    /// A fault of this crate.
    #[error("the history could not be read or written: {detail}")]
    Internal { detail: String },
}

impl StoreError {
    /// A stable code to branch on.
    pub fn code(&self) -> &'static str {
        match self {
            Self::DiskFull => "diskFull",
            Self::ReadOnly => "storeReadOnly",
            Self::Damaged { .. } => "storeDamaged",
            Self::Busy => "storeBusy",
            Self::TooNew => "storeTooNew",
            Self::Inaccessible { .. } => "storeInaccessible",
            Self::Disk { .. } => "diskFailed",
            Self::Unknown(_) => "notFound",
            Self::Internal { .. } => "storeFailed",
        }
    }

    /// Whether the same thing may well be written later: the disk or another program stood in the way.
    pub fn may_pass(&self) -> bool {
        match self {
            Self::DiskFull | Self::ReadOnly | Self::Busy | Self::Inaccessible { .. } | Self::Disk { .. } => true,
            Self::Damaged { .. } | Self::TooNew | Self::Unknown(_) | Self::Internal { .. } => false,
        }
    }

    pub(crate) fn damaged(detail: impl std::fmt::Display) -> Self {
        Self::Damaged { detail: detail.to_string() }
    }

    /// By SQLite's extended result code; its low byte is the primary code (sqlite.org/rescode.html).
    fn from_code(code: i32, detail: String) -> Self {
        // In this order: BUSY LOCKED, READONLY, IOERR, CORRUPT NOTADB, FULL, PERM CANTOPEN AUTH.
        match code & 0xff {
            5 | 6 => Self::Busy,
            8 => Self::ReadOnly,
            10 => Self::Disk { detail },
            11 | 26 => Self::Damaged { detail },
            13 => Self::DiskFull,
            3 | 14 | 23 => Self::Inaccessible { detail },
            _ => Self::Internal { detail },
        }
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Database(database) => match database.code().and_then(|code| code.parse().ok()) {
                Some(code) => Self::from_code(code, database.message().to_owned()),
                None => Self::Internal { detail: error.to_string() },
            },
            sqlx::Error::Io(io) => match io.kind() {
                std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => Self::DiskFull,
                std::io::ErrorKind::ReadOnlyFilesystem => Self::ReadOnly,
                _ => Self::Inaccessible { detail: io.to_string() },
            },
            sqlx::Error::PoolTimedOut => Self::Busy,
            sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) => Self::damaged(&error),
            _ => Self::Internal { detail: error.to_string() },
        }
    }
}

impl From<sqlx::migrate::MigrateError> for StoreError {
    fn from(error: sqlx::migrate::MigrateError) -> Self {
        use sqlx::migrate::MigrateError;
        match error {
            MigrateError::VersionMissing(_) | MigrateError::VersionTooNew(..) => Self::TooNew,
            MigrateError::VersionMismatch(_) | MigrateError::Dirty(_) => Self::damaged(error),
            MigrateError::Execute(inner) | MigrateError::ExecuteMigration(inner, _) => inner.into(),
            other => Self::Internal { detail: other.to_string() },
        }
    }
}
