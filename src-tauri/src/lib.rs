//! The desktop app around the core: windows, commands, events, notifications. The only package that knows Tauri.
//!
//! In: what windows ask (`commands`), what the core tells (`events`), what the environment says ([`options`]). Out:
//! windows, pictures over a loopback socket (`video`), desktop notifications (`notify`). No logic of chat or calls:
//! that is `confab-client`.

mod bindings;
mod commands;
mod error;
mod events;
mod incoming;
mod log;
mod notify;
mod options;
mod shell;
mod video;
mod window;

use std::{path::PathBuf, process::ExitCode};

use confab_client::ClientConfig;
use tauri::{App, Manager as _, RunEvent};

pub use bindings::{bindings, language};
pub use error::IpcError;
pub use events::AppEvent;
pub use incoming::{RingPlace, RingPlaced, RingWindow};
pub use video::VideoSocket;

use options::Options;
use shell::Shell;

/// Arguments or environment make no sense (as `sysexits.h` calls it).
const EXIT_USAGE: u8 = 64;

/// Runs the app until its window is closed.
pub fn run() -> ExitCode {
    if std::env::args().nth(1).as_deref() == Some("--version") {
        println!("Confab {}", env!("CARGO_PKG_VERSION"));
        return ExitCode::SUCCESS;
    }
    let options = match Options::read(|name| std::env::var_os(name)) {
        Ok(options) => options,
        Err(error) => {
            eprintln!("confab: {error}");
            return ExitCode::from(EXIT_USAGE);
        }
    };
    let bindings = bindings();
    let mut builder = tauri::Builder::default().invoke_handler(bindings.invoke_handler());
    builder = notify::prepare(builder);
    let app = builder
        .setup(move |app| {
            bindings.mount_events(app);
            set_up(app, &options)
        })
        .build(tauri::generate_context!());
    let app = match app {
        Ok(app) => app,
        Err(error) => {
            eprintln!("confab: {error}");
            return ExitCode::FAILURE;
        }
    };
    let code = app.run_return(|app, event| {
        // Somebody asks to quit (a menu, the last window): first the farewell, which then exits with a code.
        if let RunEvent::ExitRequested { code: None, api, .. } = event {
            api.prevent_exit();
            shell::end(app);
        }
    });
    ExitCode::from(u8::try_from(code).unwrap_or(1))
}

fn set_up(app: &mut App, options: &Options) -> Result<(), Box<dyn std::error::Error>> {
    let (data_dir, log_dir) = folders(app, options)?;
    log::start(&log_dir);
    if let Some(dir) = &options.media.record_dir {
        std::fs::create_dir_all(dir)?;
    }
    let config = ClientConfig {
        data_dir,
        secrets: options.secrets,
        ca_file: options.ca_file.clone(),
        device_name: options.device_name.clone().unwrap_or_else(computer_name),
        media: options.media.clone(),
        development: cfg!(debug_assertions),
    };
    let web_data = options.data_dir.as_ref().map(|dir| dir.join("webview"));
    app.manage(Shell::new(app.handle().clone(), config, web_data));
    // The core opens its files while the page is loading; the page's first command waits for it.
    let handle = app.handle().clone();
    tauri::async_runtime::spawn(async move {
        let _ = handle.state::<Shell>().client().await;
    });
    tauri::async_runtime::spawn(shell::end_on_signal(app.handle().clone()));
    window::open(app.handle())?;
    Ok(())
}

/// Where the core keeps its data and where the log goes.
fn folders(app: &App, options: &Options) -> Result<(PathBuf, PathBuf), Box<dyn std::error::Error>> {
    match &options.data_dir {
        Some(dir) => Ok((dir.clone(), dir.join("logs"))),
        None => Ok((app.path().app_data_dir()?, app.path().app_log_dir()?)),
    }
}

/// Shown in the server's list of this account's devices.
fn computer_name() -> String {
    gethostname::gethostname().to_string_lossy().into_owned()
}
