//! The desktop app around the core: windows, commands, events, notifications. The only package that knows Tauri.
//!
//! In: what windows ask (`commands`), what the core tells (`events`), what the environment says ([`options`]). Out:
//! windows, pictures over a loopback socket (`video`), desktop notifications (`notify`). No logic of chat or calls:
//! that is `confab-client`.

mod bindings;
mod clock;
mod commands;
mod error;
mod events;
mod incoming;
mod instance;
mod log;
mod notify;
mod options;
mod outside;
mod shell;
mod token;
mod tray;
mod video;
mod window;
mod words;

use std::{path::PathBuf, process::ExitCode};

use confab_client::ClientConfig;
use tauri::{App, Manager as _, RunEvent};

pub use bindings::{bindings, language};
pub use error::IpcError;
pub use events::AppEvent;
pub use incoming::{RingPlace, RingPlaced, RingWindow};
pub use notify::{NoticeOpened, NoticePlace};
pub use outside::{FilesDragged, LinkOpened};
pub use video::VideoSocket;

use instance::{Answer, Claim, Instance, InstanceError};
use options::Options;
use outside::OpenedLink;
use shell::{Shell, Surroundings};

/// Arguments or environment make no sense (as `sysexits.h` calls it).
const EXIT_USAGE: u8 = 64;

/// Runs the app until its window is closed. A further start on the same data folder shows that window instead.
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
    let mut builder = tauri::Builder::default().invoke_handler(incoming::restricted(bindings.invoke_handler()));
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
        match event {
            RunEvent::ExitRequested { code: None, api, .. } => {
                api.prevent_exit();
                shell::end(app);
            }
            #[cfg(target_os = "macos")]
            RunEvent::Opened { urls } => {
                window::raise(app);
                urls.into_iter().for_each(|url| outside::link_opened(app, url.into()));
            }
            _ => {}
        }
    });
    ExitCode::from(u8::try_from(code).unwrap_or(1))
}

fn set_up(app: &mut App, options: &Options) -> Result<(), Box<dyn std::error::Error>> {
    let (data_dir, log_dir) = folders(app, options)?;
    let link = outside::link_of(std::env::args().skip(1));
    let instance = match instance::claim(&data_dir, link.as_deref()) {
        Ok(Claim::Ours(instance)) => Ok(instance),
        Ok(Claim::Told) => {
            eprintln!("confab: is running already on {}; its window is shown", data_dir.display());
            app.handle().exit(0);
            return Ok(());
        }
        Err(error @ InstanceError::Silent) => {
            outside::tell(words::words(confab_client::Language::System).not_answering);
            return Err(error.into());
        }
        Err(InstanceError::Io(error)) => Err(error),
    };
    log::start(&log_dir);
    // The core says in the window what is wrong with the folder.
    let instance = instance.inspect_err(|error| tracing::warn!(%error, "a further start would not be noticed")).ok();
    if let Some(dir) = &options.media.record_dir {
        std::fs::create_dir_all(dir)?;
    }
    let device_name = options.device_name.clone().unwrap_or_else(computer_name);
    let config = ClientConfig {
        secrets: options.secrets,
        ca_file: options.ca_file.clone(),
        media: options.media.clone(),
        development: cfg!(debug_assertions),
        ..ClientConfig::new(data_dir, device_name)
    };
    let web_data = options.data_dir.as_ref().map(|dir| dir.join("webview"));
    app.manage(OpenedLink::default());
    app.manage(Shell::new(app.handle().clone(), config, Surroundings { web_data, no_tray: options.no_tray }));
    if let Some(link) = link {
        outside::link_opened(app.handle(), link);
    }
    if let Some(mut instance) = instance {
        answer_further_starts(app.handle().clone(), &mut instance);
        app.state::<Shell>().keep(instance);
    }
    // The core opens its files while the page is loading; the page's first command waits for it.
    let handle = app.handle().clone();
    tauri::async_runtime::spawn(async move {
        let _ = handle.state::<Shell>().client().await;
    });
    tauri::async_runtime::spawn(shell::end_on_signal(app.handle().clone()));
    window::open(app.handle())?;
    Ok(())
}

fn answer_further_starts(app: tauri::AppHandle, instance: &mut Instance) {
    instance.listen(move |link| {
        if app.state::<Shell>().is_ending() {
            return Answer::Leaving;
        }
        window::raise(&app);
        if let Some(link) = link {
            outside::link_opened(&app, link);
        }
        Answer::Shown
    });
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
