//! Tells Tauri where the capabilities are: they lie below `src-tauri`, the package is the workspace root.

fn main() {
    println!("cargo:rerun-if-changed=tauri.conf.json");
    println!("cargo:rerun-if-changed=src-tauri/capabilities");
    println!("cargo:rerun-if-changed=icons");
    let attributes = tauri_build::Attributes::new().capabilities_path_pattern("./src-tauri/capabilities/**/*");
    if let Err(error) = tauri_build::try_build(attributes) {
        // A build script has no other way to fail than to say so and exit.
        eprintln!("{error:#}");
        std::process::exit(1);
    }
}
