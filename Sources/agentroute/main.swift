print("agentroute")
