//! The application core without a window: operations as JSON Lines on standard input, results and events as JSON Lines
//! on standard output, logs on standard error. `docs/agent.md` describes the lines.

use std::{io::Write as _, path::PathBuf, process::ExitCode};

use clap::{Parser, ValueEnum};
use confab_agent::OutputLine;
use confab_client::{Client, ClientConfig, MediaOptions, OperationError, SecretPlace};
use confab_model::{DeviceId, DeviceSelection};
use tracing_subscriber::EnvFilter;

/// Confab without a window: JSON Lines in, JSON Lines out.
#[derive(Debug, Parser)]
#[command(version, after_help = AFTER_HELP)]
struct Arguments {
    /// Folder for history, settings and saved sign-ins; made if it is missing
    #[arg(long)]
    data_dir: PathBuf,
    /// Where a remembered sign-in is kept
    #[arg(long, value_enum, default_value_t = Secrets::File)]
    secrets: Secrets,
    /// Certificates to trust in addition to the system's (PEM)
    #[arg(long)]
    ca_file: Option<PathBuf>,
    /// How this device calls itself
    #[arg(long, default_value = "confab-agent")]
    device_name: String,
    /// Microphone: a device id, test:tone, test:tone:HZ, test:silence, file:PATH or file-loop:PATH (WAV)
    #[arg(long)]
    microphone: Option<String>,
    /// Speaker: a device id, test:null or file:PATH (WAV)
    #[arg(long)]
    speaker: Option<String>,
    /// Camera: a device id or test:picture
    #[arg(long, conflicts_with = "camera_file")]
    camera: Option<String>,
    /// Pictures from a file (Y4M, or IVF with VP8), over and over
    #[arg(long)]
    camera_file: Option<PathBuf>,
    /// Use the built-in picture and tone where the machine has no camera or microphone
    #[arg(long)]
    test_media: bool,
    /// Largest picture to send, as WIDTHxHEIGHT@FPS
    #[arg(long, value_parser = parse_limit)]
    picture_limit: Option<(u32, u32, u32)>,
    /// Decode received pictures, for measurements
    #[arg(long)]
    decode: bool,
    /// Leave what each call sent and received in this folder (WAV, IVF)
    #[arg(long)]
    record_dir: Option<PathBuf>,
    /// Also use loopback addresses for media
    #[arg(long)]
    loopback: bool,
    /// Only relayed media
    #[arg(long)]
    relay_only: bool,
    /// How many days of messages a new device reads back by itself
    #[arg(long, default_value_t = 30)]
    history_days: u32,
    /// Put a damaged history file aside under another name and begin a new one
    #[arg(long)]
    set_history_aside: bool,
}

const AFTER_HELP: &str = "\
Requests:  {\"id\":\"1\",\"op\":\"signIn\",\"args\":{\"jid\":\"me@example.org\",\"password\":\"…\"}}
Answers:   {\"result\":{\"id\":\"1\",\"value\":1}}  or  {\"error\":{\"id\":\"1\",\"code\":\"wrongPassword\",…}}
Events:    {\"event\":{\"account\":1,\"seq\":5,\"event\":{\"kind\":\"messageAdded\",…}}}
An unknown operation is answered with the list of all. Logs: RUST_LOG, on standard error.";

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Secrets {
    Keychain,
    File,
}

fn parse_limit(text: &str) -> Result<(u32, u32, u32), String> {
    let parts = || {
        let (size, fps) = text.split_once('@')?;
        let (width, height) = size.split_once('x')?;
        Some((width.parse().ok()?, height.parse().ok()?, fps.parse().ok()?))
    };
    match parts() {
        Some((width @ 16..=3840, height @ 16..=2160, fps @ 1..=60)) => Ok((width, height, fps)),
        Some(_) => Err("at most 3840x2160@60, at least 16x16@1".to_owned()),
        None => Err("expected WIDTHxHEIGHT@FPS, for example 1280x720@30".to_owned()),
    }
}

impl Arguments {
    fn into_config(self) -> ClientConfig {
        let devices = DeviceSelection {
            microphone: self.microphone.map(DeviceId),
            speaker: self.speaker.map(DeviceId),
            camera: self.camera.map(DeviceId),
        };
        ClientConfig {
            data_dir: self.data_dir,
            secrets: Some(match self.secrets {
                Secrets::Keychain => SecretPlace::Keychain,
                Secrets::File => SecretPlace::File,
            }),
            ca_file: self.ca_file,
            device_name: self.device_name,
            media: MediaOptions {
                devices,
                test_media: self.test_media,
                camera_file: self.camera_file,
                loopback: self.loopback,
                relay_only: self.relay_only,
                decode: self.decode,
                picture_limit: self.picture_limit,
                record_dir: self.record_dir,
            },
            development: false,
            history_days: self.history_days,
        }
    }
}

/// What was asked for by RUST_LOG, without the stanzas that the library logs whole: addresses and bodies are personal.
fn log_filter() -> EnvFilter {
    let filter = EnvFilter::from_default_env();
    match "tokio_xmpp=warn".parse() {
        Ok(directive) => filter.add_directive(directive),
        Err(_) => filter,
    }
}

/// Ctrl-C, or what a service manager or the system sends to a program that is to end.
async fn asked_to_end() {
    let interrupted = async {
        if let Err(error) = tokio::signal::ctrl_c().await {
            tracing::warn!(%error, "Ctrl-C is not noticed");
            std::future::pending::<()>().await;
        }
    };
    tokio::select! {
        () = interrupted => {}
        () = terminated() => {}
    }
}

#[cfg(unix)]
async fn terminated() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => {
            terminate.recv().await;
        }
        Err(error) => {
            tracing::warn!(%error, "SIGTERM is not noticed");
            std::future::pending::<()>().await;
        }
    }
}

#[cfg(windows)]
async fn terminated() {
    use tokio::signal::windows::{ctrl_close, ctrl_shutdown};
    let (Ok(mut close), Ok(mut shut_down)) = (ctrl_close(), ctrl_shutdown()) else {
        tracing::warn!("the end of the terminal is not noticed");
        return std::future::pending().await;
    };
    tokio::select! {
        _ = close.recv() => {}
        _ = shut_down.recv() => {}
    }
}

/// Before the core is up nobody else writes lines. A closed output is nobody's loss here.
fn tell(line: &OutputLine) {
    if let Ok(text) = serde_json::to_string(line) {
        let _ = writeln!(std::io::stdout(), "{text}");
    }
}

fn cannot_start(error: &OperationError) -> ExitCode {
    tell(&OutputLine::error(None, error));
    let detail = error.detail.as_deref().map(|detail| format!(": {detail}")).unwrap_or_default();
    eprintln!("{error}{detail}");
    ExitCode::FAILURE
}

#[tokio::main]
async fn main() -> ExitCode {
    tracing_subscriber::fmt().with_env_filter(log_filter()).with_writer(std::io::stderr).init();
    let arguments = Arguments::parse();
    if let Some(dir) = &arguments.record_dir
        && let Err(error) = std::fs::create_dir_all(dir)
    {
        eprintln!("{}: {error}", dir.display());
        return ExitCode::FAILURE;
    }
    if arguments.set_history_aside {
        match confab_client::set_history_aside(&arguments.data_dir).await {
            Ok(Some(path)) => tell(&OutputLine::SetAside { path: path.to_string_lossy().into_owned() }),
            Ok(None) => {}
            Err(error) => return cannot_start(&error),
        }
    }
    let client = match Client::start(arguments.into_config()).await {
        Ok(client) => client,
        Err(error) => return cannot_start(&error),
    };
    let input = tokio::io::BufReader::new(tokio::io::stdin());
    let done = confab_agent::run(client, input, tokio::io::stdout(), asked_to_end()).await;
    match done {
        // A blocking read of standard input may still be under way; the process ends without it.
        Ok(()) => std::process::exit(0),
        Err(error) => {
            eprintln!("standard input or output: {error}");
            ExitCode::FAILURE
        }
    }
}
