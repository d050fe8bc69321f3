import Foundation

extension TemporaryHome {
    /// The name of the environment variable with the made-up key for Codex.
    static let codexKeyVariable = "SCRIPTED_MODEL_KEY"
    private static let codexConfiguration = ".codex/config.toml"

    /// Seeds `CODEX_HOME` so that Codex 0.163.0 uses the model, trusts the folders made by `makeWorkFolder`, starts no
    /// daemon of its own and sends nothing to other machines. (Its terminal interface alone asks GitHub for an
    /// announcement, which no setting prevents; nothing waits for the answer.)
    /// - Parameter model: the base address of the model, with the `/v1` (`ScriptedModel.openAIBaseURL`).
    public func configureCodex(model: String) throws {
        try FileManager.default.createDirectory(
            atPath: "\(path)/.codex", withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let folders = try FileManager.default.contentsOfDirectory(atPath: "\(path)/work").sorted()
        try write(
            """
            model = "mock-model"
            model_provider = "scripted"
            check_for_update_on_startup = false

            [analytics]
            enabled = false

            [otel]
            metrics_exporter = "none"

            [features]
            daemon_auto_start = false
            plugins = false

            [model_providers.scripted]
            name = "scripted"
            base_url = "\(model)"
            wire_api = "responses"
            env_key = "\(Self.codexKeyVariable)"

            """ + folders.map { Self.trust(in: "\(path)/work/\($0)") }.joined(), to: Self.codexConfiguration)
    }

    /// Tells Codex, if it is configured, to trust a folder.
    func trustInCodex(_ folder: String) throws {
        guard has(Self.codexConfiguration) else { return }
        let configuration = try read(Self.codexConfiguration)
        let trust = Self.trust(in: folder)
        if !configuration.contains(trust) { try write(configuration + trust, to: Self.codexConfiguration) }
    }

    private static func trust(in folder: String) -> String {
        "\n[projects.\"\(folder)\"]\ntrust_level = \"trusted\"\n"
    }
}
