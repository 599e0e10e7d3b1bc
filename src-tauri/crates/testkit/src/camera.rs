//! A camera for programs on a machine without one: a preloaded library that plays Video4Linux (`tests/devices`).
//!
//! Owns: the compiled library (kept under the system's folder for temporary files, by content) and the control file.
//! In: what the camera shall do next. Out: the environment for the program under test.
//! Does not: work on other systems than Linux with glibc.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::error::{Context, Result};
use crate::process::run;

const SOURCE: &str = include_str!("../../../../tests/devices/v4l2_shim.c");

/// Number of cameras that the shim knows: `/dev/video0` and `/dev/video1`.
pub const CAMERAS: usize = 2;

/// What a camera does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CameraState {
    /// Not there.
    Unplugged,
    /// Delivers pictures.
    On,
    /// Is there but delivers nothing, as cheap cameras do when the USB bus is full.
    Frozen,
    /// Delivers black pictures without the picture clock: a covered lens.
    Black,
}

impl CameraState {
    fn word(self) -> &'static str {
        match self {
            Self::Unplugged => "unplug",
            Self::On => "on",
            Self::Frozen => "freeze",
            Self::Black => "black",
        }
    }
}

/// Two virtual cameras, of which the first is plugged in at the start. One value may serve several programs.
#[derive(Debug)]
pub struct VirtualCamera {
    library: PathBuf,
    dir: tempfile::TempDir,
    states: [CameraState; CAMERAS],
}

impl VirtualCamera {
    /// Compiles the library when this version of it was not yet compiled (about 0.3 s).
    ///
    /// # Errors
    /// [`crate::Error::Missing`] without a C compiler, [`crate::Error::Failed`] with its messages.
    pub fn build() -> Result<Self> {
        let library = compile()?;
        let dir = tempfile::Builder::new().prefix("confab-camera").tempdir();
        let dir = dir.doing(|| "making a folder for the camera".into())?;
        let camera = Self { library, dir, states: [CameraState::On, CameraState::Unplugged] };
        camera.write()?;
        Ok(camera)
    }

    /// The library to preload.
    #[must_use]
    pub fn library(&self) -> &Path {
        &self.library
    }

    /// Environment for programs that shall see the cameras.
    #[must_use]
    pub fn env(&self) -> Vec<(String, String)> {
        vec![
            ("LD_PRELOAD".into(), self.library.to_string_lossy().into_owned()),
            ("CONFAB_SHIM_CONTROL".into(), self.control().to_string_lossy().into_owned()),
        ]
    }

    fn control(&self) -> PathBuf {
        self.dir.path().join("control")
    }

    /// Tells a camera what to do; running programs notice within 20 ms.
    ///
    /// # Errors
    /// When the control file cannot be written.
    ///
    /// # Panics
    /// When `number` is not below [`CAMERAS`].
    pub fn set(&mut self, number: usize, state: CameraState) -> Result<()> {
        self.states[number] = state;
        self.write()
    }

    fn write(&self) -> Result<()> {
        let text: String = self.states.iter().enumerate().map(|(n, s)| format!("{n} {}\n", s.word())).collect();
        // In one step: a half-written file would unplug a camera for a moment.
        let new = self.dir.path().join("new");
        fs::write(&new, text).doing(|| format!("writing {}", new.display()))?;
        fs::rename(&new, self.control()).doing(|| format!("renaming {}", new.display()))
    }
}

fn compile() -> Result<PathBuf> {
    let mut hasher = DefaultHasher::new();
    SOURCE.hash(&mut hasher);
    let user = rustix::process::getuid().as_raw();
    let folder = std::env::temp_dir().join(format!("confab-devices-{user}"));
    let library = folder.join(format!("v4l2_shim-{:016x}.so", hasher.finish()));
    if library.is_file() {
        return Ok(library);
    }
    fs::create_dir_all(&folder).doing(|| format!("creating {}", folder.display()))?;
    // In a folder of its own first: two tests may compile at the same time.
    let work = tempfile::tempdir_in(&folder).doing(|| "making a folder for the compiler".into())?;
    let (source, built) = (work.path().join("v4l2_shim.c"), work.path().join("v4l2_shim.so"));
    fs::write(&source, SOURCE).doing(|| format!("writing {}", source.display()))?;
    let mut cc = Command::new("cc");
    cc.args(["-shared", "-fPIC", "-O2", "-Wall", "-Wextra", "-Werror", "-o"]).arg(&built).arg(&source);
    run(cc.args(["-ldl", "-lpthread"]))?;
    fs::rename(&built, &library).doing(|| format!("renaming {}", built.display()))?;
    Ok(library)
}

#[cfg(test)]
mod tests;
