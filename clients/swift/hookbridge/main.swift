import WebhookBridge

await Hookbridge.main()
