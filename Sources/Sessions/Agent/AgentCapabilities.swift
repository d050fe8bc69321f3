/// An agent that takes a message into the turn that it works on.
protocol SteerableAgent: Agent {
    /// Adds a message to the running turn, and returns when the agent has it;
    /// ``AgentEvent/delivered(turn:agentTurn:altered:)`` has been told before.
    /// - Throws: `.busy` when no turn runs any more: nothing was submitted.
    func steer(_ message: PreparedMessage, turn: Int64) async throws(DeliveryFailure)
}

/// An agent that works towards a goal, turn after turn, by itself.
protocol GoalKeepingAgent: Agent {
    func change(_ change: GoalChange) async throws(SessionError) -> GoalResult
}
