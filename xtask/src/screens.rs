//! `cargo xtask screens`: pictures of every screen, for whoever looks at them. The development page with its core made of data
//! (`ui/src/testing/page.ts` names the screens), in the engine of the web view of Linux, in each language that is asked for, theme and width.
//!
//! They are left in `target/screens/NAME.LANGUAGE.THEME.WIDTH.png`. Nothing is compared: this is for eyes. What the real core
//! puts into the real window is looked at by `cargo xtask demo`.

use std::fs;
use std::thread;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use confab_windows::Page;
use serde_json::Value;

use crate::bench::site::Site;
use crate::root;
use crate::setup::node;

/// Screens that open something do so within a second of the page's start.
const SETTLED: Duration = Duration::from_millis(1600);
const HEIGHT: u32 = 860;

#[derive(clap::Args)]
pub struct Options {
    /// Only these screens
    names: Vec<String>,
    #[arg(long, value_delimiter = ',', default_values = ["en", "zh-CN"])]
    languages: Vec<String>,
    #[arg(long, value_delimiter = ',', default_values = ["light", "dark"])]
    themes: Vec<String>,
    #[arg(long, value_delimiter = ',', default_values_t = [420, 900, 1400])]
    widths: Vec<u32>,
}

pub fn run(options: &Options) -> Result<()> {
    let folder = root::target("screens");
    let page_dir = folder.join("page");
    fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;
    build(&page_dir)?;
    let site = Site::open(&page_dir)?;
    let widest = options.widths.iter().copied().max().unwrap_or(1400);
    let page = Page::open((widest, HEIGHT), &folder)?;
    let names = if options.names.is_empty() { all(&page, &site)? } else { options.names.clone() };
    let mut count = 0;
    for width in &options.widths {
        for name in &names {
            for (language, theme) in
                options.languages.iter().flat_map(|language| options.themes.iter().map(move |theme| (language, theme)))
            {
                let query = format!("fake&show={name}&lang={language}&theme={theme}");
                let file = match name.strip_prefix("window-") {
                    Some(media) => format!("incoming.html?media={media}&{query}"),
                    None => format!("index.html?{query}"),
                };
                page.show(&site.address(&file), (*width, HEIGHT))?;
                thread::sleep(SETTLED);
                page.screenshot(&folder.join(format!("{name}.{language}.{theme}.{width}.png")))?;
                count += 1;
            }
        }
        println!("{width} pixels: done");
    }
    println!("{count} pictures: {}", folder.display());
    Ok(())
}

/// The names of all screens: the page knows them. Those of the small window are its own page.
fn all(page: &Page, site: &Site) -> Result<Vec<String>> {
    let script = "return (document.documentElement.dataset.screens ?? '').split(' ')";
    let names = page.ask(&site.address("index.html?fake"), SETTLED, script)?;
    let names = names.as_array().into_iter().flatten().filter_map(Value::as_str).filter(|name| !name.is_empty());
    let names: Vec<String> = names.chain(["window-audio", "window-video"]).map(str::to_owned).collect();
    if names.len() < 3 {
        bail!("the development page names no screens");
    }
    Ok(names)
}

/// The product's pages with the development page in them.
fn build(out: &std::path::Path) -> Result<()> {
    let mut build = node::command("npx");
    build.args(["vite", "build", "--mode", "development", "--logLevel", "error", "--emptyOutDir", "--outDir"]);
    let built =
        build.arg(out).env("NODE_ENV", "development").current_dir(root::ui()).status().context("starting npx")?;
    if !built.success() {
        bail!("the page was not built");
    }
    Ok(())
}
