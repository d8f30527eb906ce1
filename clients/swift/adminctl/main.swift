import AdminCommands

Adminctl.main()
