//! A private PulseAudio daemon with a virtual speaker and a virtual microphone.
//!
//! Owns: the daemon, its socket and its two devices. In: WAV files to say. Out: what was played on the speaker, and the
//! environment that makes a program use this daemon and no other.
//! Does not: touch the sound of the machine's user.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::audio::RATE;
use crate::error::{Context, Result};
use crate::process::{Group, run, wait_until};

/// The daemon answers after about 100 ms.
const READY: Duration = Duration::from_secs(20);

/// Name of the virtual speaker and of the virtual microphone.
pub const SPEAKER: &str = "confab_speaker";
/// See [`SPEAKER`].
pub const MICROPHONE: &str = "confab_microphone";

/// The sink whose monitor is the microphone: what is played here is "said".
const MOUTH: &str = "confab_mouth";

/// A running daemon. It ends with this value.
#[derive(Debug)]
pub struct PulseServer {
    process: Option<Group>,
    dir: tempfile::TempDir,
}

/// A recording that goes on until it is asked for.
#[derive(Debug)]
pub struct Recording {
    process: Group,
    path: PathBuf,
}

impl PulseServer {
    /// Starts a daemon with speaker and microphone, both 48 kHz.
    ///
    /// # Errors
    /// [`crate::Error::Missing`] when PulseAudio is not installed (a reason to skip).
    pub fn start() -> Result<Self> {
        // The socket's path is limited to 107 bytes: the system's folder for temporary files, not ours under target/.
        let dir = tempfile::Builder::new().prefix("confab-pulse").tempdir();
        let dir = dir.doing(|| "making a folder for the sound daemon".into())?;
        let mut server = Self { process: None, dir };
        server.start_again()?;
        Ok(server)
    }

    /// Starts the daemon again after [`Self::kill`], at the same address.
    ///
    /// # Errors
    /// As [`Self::start`].
    pub fn start_again(&mut self) -> Result<()> {
        let socket = self.socket();
        let _ = std::fs::remove_file(&socket);
        let mut daemon = Command::new("pulseaudio");
        daemon.args(["-n", "--daemonize=no", "--system=false", "--exit-idle-time=-1", "--use-pid-file=no"]);
        daemon.args(["--disable-shm=yes", "--realtime=no", "--high-priority=no", "--log-level=notice"]);
        daemon.arg(format!("--load=module-native-protocol-unix auth-anonymous=1 socket={}", socket.display()));
        for (name, description) in [(SPEAKER, "Virtual speaker"), (MOUTH, "Mouth of the virtual microphone")] {
            // norewinds: what was handed over is played, as on a sound card; otherwise volume changes reach back.
            daemon.arg(format!(
                "--load=module-null-sink sink_name={name} rate={RATE} format=s16le channels=1 norewinds=1 \
                 sink_properties=device.description=\"{}\"",
                description.replace(' ', "\\ ")
            ));
        }
        for (key, value) in self.env() {
            daemon.env(key, value);
        }
        daemon.env("HOME", self.dir.path()).env("PULSE_RUNTIME_PATH", self.dir.path());
        daemon.env_remove("DBUS_SESSION_BUS_ADDRESS").env("PULSE_STATE_PATH", self.dir.path().join("state"));
        let mut process = Group::spawn(&mut daemon, &self.dir.path().join("log"))?;
        process.wait_ready("the sound daemon", READY, || socket.exists())?;
        self.process = Some(process);
        self.pactl(&["set-default-sink", SPEAKER])?;
        self.plug_microphone()
    }

    fn socket(&self) -> PathBuf {
        self.dir.path().join("native")
    }

    /// Environment for programs that shall use this daemon.
    #[must_use]
    pub fn env(&self) -> Vec<(String, String)> {
        let dir = self.dir.path().to_string_lossy().into_owned();
        vec![
            ("PULSE_SERVER".into(), format!("unix:{}", self.socket().display())),
            // Otherwise clients read and write the cookie and settings of the machine's user.
            ("PULSE_COOKIE".into(), format!("{dir}/cookie")),
            ("PULSE_CONFIG_PATH".into(), dir),
        ]
    }

    fn pactl(&self, args: &[&str]) -> Result<String> {
        run(Command::new("pactl").envs(self.env()).args(args))
    }

    /// Plugs the microphone in and makes it the default one.
    ///
    /// # Errors
    /// When the daemon refuses.
    pub fn plug_microphone(&self) -> Result<()> {
        let source = format!("source_name={MICROPHONE}");
        let master = format!("master={MOUTH}.monitor");
        let name = "source_properties=device.description=\"Virtual\\ microphone\"";
        self.pactl(&["load-module", "module-remap-source", &master, &source, "channels=1", name])?;
        self.pactl(&["set-default-source", MICROPHONE]).map(drop)
    }

    /// Pulls the microphone out. PulseAudio moves open streams to another source without a word.
    ///
    /// # Errors
    /// When the daemon refuses.
    pub fn unplug_microphone(&self) -> Result<()> {
        self.unload(MICROPHONE)
    }

    /// Pulls the speaker out.
    ///
    /// # Errors
    /// When the daemon refuses.
    pub fn unplug_speaker(&self) -> Result<()> {
        self.unload(SPEAKER)
    }

    /// Unloads the modules whose arguments name this device.
    fn unload(&self, device: &str) -> Result<()> {
        for line in self.pactl(&["list", "short", "modules"])?.lines() {
            let mut fields = line.split('\t');
            let (id, arguments) = (fields.next().unwrap_or_default(), fields.nth(1).unwrap_or_default());
            if arguments.contains(&format!("_name={device}")) {
                self.pactl(&["unload-module", id])?;
            }
        }
        Ok(())
    }

    /// Says a WAV file into the microphone and returns when it has been said.
    ///
    /// # Errors
    /// When the file cannot be played.
    pub fn play(&self, wav: &Path) -> Result<()> {
        run(Command::new("paplay").envs(self.env()).arg(format!("--device={MOUTH}")).arg(wav)).map(drop)
    }

    /// Says a WAV file while the test goes on. Dropping the value silences it.
    ///
    /// # Errors
    /// When the player cannot be started.
    pub fn play_in_background(&self, wav: &Path) -> Result<Group> {
        let mut player = Command::new("paplay");
        player.envs(self.env()).arg(format!("--device={MOUTH}")).arg(wav);
        Group::spawn(&mut player, &self.dir.path().join("player.log"))
    }

    /// Records what the speaker plays.
    ///
    /// # Errors
    /// When the recorder does not start.
    pub fn record_speaker(&self, wav: &Path) -> Result<Recording> {
        self.record(&format!("{SPEAKER}.monitor"), wav)
    }

    /// Records what the microphone hears.
    ///
    /// # Errors
    /// When the recorder does not start.
    pub fn record_microphone(&self, wav: &Path) -> Result<Recording> {
        self.record(MICROPHONE, wav)
    }

    fn record(&self, device: &str, wav: &Path) -> Result<Recording> {
        let mut recorder = Command::new("parec");
        recorder.envs(self.env()).arg(format!("--device={device}")).arg(format!("--rate={RATE}"));
        recorder.args(["--format=s16le", "--channels=1", "--latency-msec=20", "--file-format=wav"]).arg(wav);
        let mut process = Group::spawn(&mut recorder, &self.dir.path().join("recorder.log"))?;
        // The header is written with the first samples: from then on nothing is missed.
        process.wait_ready("a recording", READY, || std::fs::metadata(wav).is_ok_and(|file| file.len() > 0))?;
        Ok(Recording { process, path: wav.to_owned() })
    }

    /// Kills the daemon: every stream breaks.
    pub fn kill(&mut self) {
        if let Some(mut process) = self.process.take() {
            process.kill();
        }
    }
}

impl Recording {
    /// Stops and returns the samples.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn finish(mut self) -> Result<Vec<i16>> {
        self.process.terminate();
        let mut samples = Vec::new();
        let mut result = Ok(());
        let complete = wait_until(Duration::from_secs(2), || match crate::audio::read_wav(&self.path) {
            Ok(read) => {
                samples = read;
                true
            }
            Err(e) => {
                result = Err(e);
                false
            }
        });
        if complete { Ok(samples) } else { result.map(|()| samples) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::{correlate, read_wav, speech};
    use crate::{Error, skip};

    #[test]
    fn what_is_said_is_heard_and_a_pulled_microphone_is_gone() {
        let mut pulse = match PulseServer::start() {
            Ok(pulse) => pulse,
            Err(Error::Missing(what)) => return skip(&format!("{what} is not installed")),
            Err(e) => panic!("{e}"),
        };
        let dir = tempfile::tempdir().unwrap();
        let (said, heard) = (dir.path().join("said.wav"), dir.path().join("heard.wav"));
        match speech("Can you hear me? One, two, three.", &said) {
            Ok(()) => {}
            Err(Error::Missing(what)) => return skip(&format!("{what} is not installed")),
            Err(e) => panic!("{e}"),
        }
        let recording = pulse.record_microphone(&heard).unwrap();
        pulse.play(&said).unwrap();
        let found = correlate(&read_wav(&said).unwrap(), &recording.finish().unwrap());
        assert!(found.coefficient > 0.99, "{found:?}");

        let sources = |pulse: &PulseServer| pulse.pactl(&["list", "short", "sources"]).unwrap();
        assert!(sources(&pulse).contains(MICROPHONE));
        pulse.unplug_microphone().unwrap();
        assert!(!sources(&pulse).contains(MICROPHONE));
        pulse.plug_microphone().unwrap();
        assert!(sources(&pulse).contains(MICROPHONE));

        pulse.kill();
        assert!(pulse.pactl(&["info"]).is_err());
        pulse.start_again().unwrap();
        assert!(sources(&pulse).contains(MICROPHONE));
    }
}
